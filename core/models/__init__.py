"""One file a network, one file a paper."""
