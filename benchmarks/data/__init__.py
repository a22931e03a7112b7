"""Benchmarks of data sets: importing, curation, and the drawn people that come with the product."""
