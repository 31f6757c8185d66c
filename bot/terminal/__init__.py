"""The bot in the terminal: a person at the keyboard, or a written talk."""
