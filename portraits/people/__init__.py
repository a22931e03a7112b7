"""Who is drawn: traits, roles and the default people."""
