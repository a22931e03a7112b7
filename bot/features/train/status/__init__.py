"""The message of a training in its channel, kept up to date."""
