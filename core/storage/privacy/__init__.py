"""Queries by which people and members are forgotten, and the receipts of it."""
