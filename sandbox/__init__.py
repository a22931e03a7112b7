"""A Discord on loopback, to try and to test the bot without an account."""
