"""/train: start a training, control it, and follow it in one message."""
