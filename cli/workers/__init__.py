"""`omokage workers`."""
