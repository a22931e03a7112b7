"""Queries on people, the faces that show them, and labels."""
