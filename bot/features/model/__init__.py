"""/model: the versions that trainings produced, how good they are, and which one serves."""
