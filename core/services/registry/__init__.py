"""Model versions: list, promote, roll back."""
