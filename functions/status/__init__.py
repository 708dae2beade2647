"""How far has it come, and where is it."""
