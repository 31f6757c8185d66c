"""How responses are chosen."""
