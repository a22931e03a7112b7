"""Benchmarks of the product as members and operators use it: commands, start, crashes, database, charts."""
