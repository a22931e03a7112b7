"""Data sets from the chat: what there is, and what of it is worth learning from."""
