"""Pictures of what the renderer makes, for people to judge. Tools: the product never imports them."""
