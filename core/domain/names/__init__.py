"""Names: how they are read and searched for; encodings, invisible characters, and surrogates of those from outside."""
