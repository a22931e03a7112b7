"""Measure how easily a model version is fooled."""
