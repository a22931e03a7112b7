"""Names from outside: encodings, invisible characters, surrogates."""
