"""Optimise a picture until a recogniser takes it for somebody whom it does not show."""
