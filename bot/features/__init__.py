"""One folder for each feature: its commands, views, texts, and the answer to its jobs."""
