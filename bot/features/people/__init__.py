"""Naming the faces of an answer, and /people, the list of known people."""
