"""Naming faces, and the list of people."""
