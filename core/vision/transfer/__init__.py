"""Lay a predicted change of a face onto the photo that it was predicted for."""
