"""What a channel does to a text before anything else reads it."""

from __future__ import annotations

import unicodedata

MAX_CHARACTERS = 2_000  # contract, section 2; also far below what spaCy refuses (1,000,000)
KEPT_CONTROLS = "\n\t"
COMMAND_PREFIX = "/"  # Rasa takes a text that begins with it as an intent, with entities and all
HARMLESS_PREFIX = "."  # no word of its own for any tokenizer, and survives Rasa's strip()


def clean(text: str) -> str:
    """The text as Rasa, the word lists and the database can bear it.

    Lone surrogates become U+FFFD; NUL, other control and invisible format characters go; the rest is composed (NFC)
    and stripped. Idempotent.
    """
    valid = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    visible = "".join(c for c in valid if c in KEPT_CONTROLS or unicodedata.category(c) not in ("Cc", "Cf"))
    return unicodedata.normalize("NFC", visible).strip()


def without_power(text: str) -> str:
    """The text such that Rasa does not take it as a command: buttons send plain words, so no slash is ever meant."""
    return HARMLESS_PREFIX + text if text.startswith(COMMAND_PREFIX) else text


def has_words(text: str) -> bool:
    """Whether there is a letter or a digit in any script (not: emoji or punctuation alone)."""
    return any(c.isalnum() for c in text)
