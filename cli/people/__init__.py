"""`omokage people`."""
