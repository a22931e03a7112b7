"""Pictures that are posted: Pillow and matplotlib only."""
