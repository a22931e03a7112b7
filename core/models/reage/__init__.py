"""`reage`: a network that predicts how a face changes with the years, and lays the change onto the photo."""
