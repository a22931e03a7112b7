"""Commands, clicks and forms on their way to the bot and back."""
