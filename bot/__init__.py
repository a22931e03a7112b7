"""The bot that Discord's members see: commands, buttons, forms and answers."""
