"""What is kept on disk: conversations, the inbox that makes a message count once, the signing key."""
