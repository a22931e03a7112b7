"""From finished jobs to posted messages."""
