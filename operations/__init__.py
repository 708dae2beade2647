"""What an engineer does to the running service by hand: `python -m operations.replay`."""
