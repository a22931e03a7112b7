"""Queries on jobs: their states, leases, messages and answers."""
