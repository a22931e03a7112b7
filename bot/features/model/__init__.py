"""/model: the versions that trainings left behind, how good they are, and which of them answers."""
