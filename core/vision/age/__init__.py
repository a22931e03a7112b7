"""How old a face looks, by dlib's age network."""
