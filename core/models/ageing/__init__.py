"""What the networks that age faces share."""
