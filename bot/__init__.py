"""Discord front: what members see and press."""
