"""/teach: members contribute photos that the server's recogniser may learn from."""
