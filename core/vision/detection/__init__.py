"""Detect faces, their landmarks and the photo's orientation."""
