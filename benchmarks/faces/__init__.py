"""Benchmarks of what happens to a photo: decoding, detection, alignment, embedding, recognition."""
