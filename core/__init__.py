"""Everything that is neither Discord nor Celery."""
