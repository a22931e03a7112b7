"""Performance and quality figures; never part of the tests. `make bench` runs them all."""
