"""Say who is in a photo."""
