"""The four functions, each a folder that owns its slice of the work."""
