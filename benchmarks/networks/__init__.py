"""Benchmarks of the networks that are trained here: speed and quality of training, generation and attacks."""
