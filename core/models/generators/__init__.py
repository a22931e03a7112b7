"""What trained generators share: loading and trait directions."""
