"""Take a post, promise a film."""
