"""`omokage data`."""
