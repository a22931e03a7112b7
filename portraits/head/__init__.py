"""The head: its surface, skin, hair and features."""
