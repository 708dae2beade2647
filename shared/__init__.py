"""What at least two of the four functions need: the words of the trade, the ports, and the vendors behind them."""

from shared.late import without

with without("typing_extensions"):  # msgspec asks for it first, and needs it on older Pythons only: 3 ms of each start
    import msgspec  # noqa: F401
