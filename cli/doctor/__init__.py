"""`omokage doctor` and `omokage health`."""
