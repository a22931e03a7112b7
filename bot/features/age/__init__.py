"""Faces at another age."""
