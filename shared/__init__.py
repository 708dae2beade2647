"""What at least two of the four functions need: the words of the trade, the ports, and the vendors behind them."""
