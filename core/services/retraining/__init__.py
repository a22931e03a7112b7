"""Retraining of versions whose face embedding is not the present one, unasked."""
