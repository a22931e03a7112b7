"""`omokage up`: start, watch and stop all processes on one machine."""
