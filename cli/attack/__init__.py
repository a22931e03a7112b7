"""`omokage optimize`."""
