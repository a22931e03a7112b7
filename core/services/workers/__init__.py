"""Workers: what they are, which of them live, and which are to end."""
