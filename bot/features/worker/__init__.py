"""/worker: which hosts work, for moderators."""
