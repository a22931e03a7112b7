"""The `omokage` command: the only place that starts processes."""
