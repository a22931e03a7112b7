"""Show the faces of a photo at another age."""
