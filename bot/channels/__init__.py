"""Channels: how people reach the bot, and what every channel does the same way."""
