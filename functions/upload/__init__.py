"""Check, clean and store pictures; answer with their ids."""
