"""Rules of training runs: presets, folds, early stopping, costs."""
