"""The embedding head: open-set recognition on top of face embeddings."""
