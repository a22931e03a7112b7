"""`omokage age`."""
