"""The people of a guild: name faces, look people up, rename, merge and remove them."""
