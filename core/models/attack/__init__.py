"""Optimise pictures against recognisers, by gradients."""
