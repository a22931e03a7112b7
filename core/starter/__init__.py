"""A dozen fictional people, drawn by code."""
