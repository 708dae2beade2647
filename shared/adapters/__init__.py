"""The vendors, one a file. Nothing outside `services` imports these."""
