"""The guild, its people, messages and files, and how they are kept."""
