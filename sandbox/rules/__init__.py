"""Discord's limits and the words in which it refuses."""
