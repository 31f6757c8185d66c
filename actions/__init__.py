"""What the bot does in answer to a message: one action a file, run by the action server."""
