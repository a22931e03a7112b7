"""Queries on training runs: their states, checkpoints and curves."""
