"""Labelling by many members: the next card, its answer, and what all answers say together."""
