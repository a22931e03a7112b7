"""From a command with photos to a job that is queued."""
