"""/train: start a training, steer it, and watch it in one message."""
