"""What a person in the chat sees and does."""
