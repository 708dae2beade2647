"""The sources of pictures, one a file."""
