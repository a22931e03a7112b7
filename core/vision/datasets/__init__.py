"""The pictures of data sets: finding the face, records on disk, reading them for training."""
