"""What tells good pictures to learn from apart from the others."""
