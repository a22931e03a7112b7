"""What several benchmarks share: tables of figures, the running product, face data, and peers from other libraries."""
