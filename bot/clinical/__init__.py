"""Text in, a ``Reading`` out: spaCy tokens, word lists, patients' context cues."""

from bot.clinical.lexicon import load_lexicon
from bot.clinical.pipeline import Reader, read
from bot.clinical.wordlists import LexiconError
from bot.clinical.wordlists import digest as data_digest

__all__ = ["LexiconError", "Reader", "data_digest", "load_lexicon", "read"]
