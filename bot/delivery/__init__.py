"""Delivery: from finished jobs to posted messages."""
