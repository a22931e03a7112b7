"""From untrusted bytes to faces, and from faces to numbers."""
