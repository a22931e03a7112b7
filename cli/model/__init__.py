"""`omokage model`."""
