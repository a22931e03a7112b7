"""`omokage train`, `runs`, `evaluate` and `inspect`."""
