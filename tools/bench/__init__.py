"""Measures the bot beside the assistant that ``rasa init`` makes: ``python -m tools.bench``."""
