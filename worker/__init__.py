"""Celery app: a message becomes a call into core, and its answer an event."""
