"""Train the segments of a run, evaluate it and report its progress."""
