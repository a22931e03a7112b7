"""/dataset: list data sets, and find the pictures in one that are worth learning from."""
