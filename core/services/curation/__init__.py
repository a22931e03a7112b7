"""Say which pictures of a collection are worth learning from."""
