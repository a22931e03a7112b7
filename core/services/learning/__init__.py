"""From a guild's labels to a better recogniser."""
