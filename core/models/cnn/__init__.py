"""The convolutional recogniser that is trained from scratch."""
