"""From a stranger's bytes to pixels, in a process of its own."""
