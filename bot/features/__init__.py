"""One folder a feature: commands, views, texts."""
