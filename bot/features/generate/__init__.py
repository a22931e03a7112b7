"""Faces that never were: /generate, /morph, /mix, and what can be done with their answers."""
