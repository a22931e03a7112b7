"""A training's message in its channel, kept up to date."""
