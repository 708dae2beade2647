"""Notes or a theme → the text of a LinkedIn post: out of the notes alone."""
