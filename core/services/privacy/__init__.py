"""Privacy: forget people and members, show and hand out what is kept of a member."""
