"""The event socket that bots connect to (gateway v10)."""
