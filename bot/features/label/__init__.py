"""/label: members say whom faces show, card by card."""
