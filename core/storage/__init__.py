"""Database, blobs, model registry."""
