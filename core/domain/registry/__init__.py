"""Rules of model versions: evaluation, robustness, promotion."""
