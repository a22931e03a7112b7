"""Figures of a running process for Prometheus, and the port at which they are read."""
