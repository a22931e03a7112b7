"""Take the faces out of photos that members contribute."""
