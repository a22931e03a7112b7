"""`omokage generate`, `morph` and `mix`."""
