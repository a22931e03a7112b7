"""Pictures that are posted: Pillow only."""
