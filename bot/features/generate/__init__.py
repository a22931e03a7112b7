"""/generate, /morph and /mix: draw faces that do not exist, and go on from them."""
