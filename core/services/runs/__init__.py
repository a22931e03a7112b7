"""Training runs: rows from the request to the model version, cut into segments."""
