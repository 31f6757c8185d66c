"""The words of a text as numbered features: what the learned part of the red flags sees.

Words, pairs of neighbouring words and pieces of words (for misspellings and endings), each put into one of
``BUCKETS`` by its CRC-32, which is the same on every machine. A word that the rules read as denied, over or only
feared is another word ("fit~" for "fit"), so that "no fits" weighs nothing of "fits".
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

BUCKETS = 1 << 15
PIECES = (3, 4, 5)  # letters, the marks of a word's beginning and end among them
SET_ASIDE = "~"
NUMBER = "0"


def marked(norms: Sequence[str], set_aside: Collection[int]) -> list[str]:
    """The norm of each token as the features know it; empty for a mark that is no word."""
    words = []
    for position, norm in enumerate(norms):
        word = "" if not norm[0].isalnum() else NUMBER if norm.isdigit() else norm
        words.append(word + SET_ASIDE if word and position in set_aside else word)
    return words


def word_buckets(words: Sequence[str]) -> list[tuple[int, tuple[int, ...]]]:
    """For each word its bucket and, with the word after it, that of the pair; places of ``words`` beside them."""
    places = [place for place, word in enumerate(words) if word]
    found = [(_bucket(words[place]), (place,)) for place in places]
    return found + [(_bucket(f"{words[one]} {words[two]}"), (one, two)) for one, two in pairwise(places)]


def piece_buckets(words: Sequence[str]) -> list[tuple[int, tuple[int, ...]]]:
    """The buckets of the pieces of each word, with its place; numbers and words set aside have none."""
    return [
        (bucket, (place,))
        for place, word in enumerate(words)
        if word and word != NUMBER and not word.endswith(SET_ASIDE)
        for bucket in _pieces(word)
    ]


@lru_cache(maxsize=50_000)
def _bucket(feature: str) -> int:
    return crc32(feature.encode()) % BUCKETS


@lru_cache(maxsize=20_000)
def _pieces(word: str) -> tuple[int, ...]:
    bounded = f"<{word}>"
    found = {bounded[at : at + length] for length in PIECES for at in range(len(bounded) - length + 1)}
    return tuple(sorted({crc32(piece.encode()) % BUCKETS for piece in found}))
