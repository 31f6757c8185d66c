"""Misspelt words, brought to the word of the lists that was meant.

Only a word that is no English word and none of the lists is touched, and only when a listed word with the same
first letter is near: one edit for 5 to 7 letters, two from 8. Four letters may only be swapped, or lack one;
shorter words must be exact, and "week" is never "weak". The English words are symspellpy's frequency list.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import extract

SHORTEST = 5  # letters; shorter words have too many neighbours
SWAPPED = 4  # letters of the shortest words in which two swapped letters or one missing one are mended
TWO_EDITS_FROM = 8  # letters from which two edits are allowed
RARE = 20_000  # a listed count below this is a name or a misspelling the frequency list holds itself


@lru_cache(maxsize=1)
def english_words() -> frozenset[str]:
    """Lower-case English words that are common enough to be meant."""
    text = files("symspellpy").joinpath("frequency_dictionary_en_82_765.txt").read_text(encoding="utf-8-sig")
    rows = (line.split() for line in text.splitlines())
    return frozenset(word for word, count in rows if int(count) >= RARE)


class Speller:
    """Corrects towards the words that the lists spell out, and English inflections of the vocabulary."""

    def __init__(self, vocabulary: Iterable[str], *, targets: Iterable[str]) -> None:
        self._known, self._written = frozenset(vocabulary), frozenset(targets)
        self._by_letter: dict[str, list[str]] = {}
        for word in sorted(self._written | self._known & english_words()):
            if len(word) >= SHORTEST - 1 and word.isalpha():
                self._by_letter.setdefault(word[0], []).append(word)
        self.correct = lru_cache(maxsize=20_000)(self._correct)

    def _correct(self, norm: str) -> str:
        if len(norm) < SWAPPED or norm in self._known or not norm.isalpha() or norm in english_words():
            return norm
        edits = 2 if len(norm) >= TWO_EDITS_FROM else 1
        near = extract(norm, self._by_letter.get(norm[0], ()), scorer=OSA.distance, score_cutoff=edits, limit=None)
        if len(norm) < SHORTEST:
            near = [hit for hit in near if sorted(hit[0]) == sorted(norm) or len(hit[0]) > len(norm)]
        if not near:
            return norm
        fewest = near[0][1]
        return max((word for word, count, _ in near if count == fewest), key=lambda word: self._likeness(norm, word))

    def _likeness(self, norm: str, word: str) -> tuple[bool, bool, float]:
        """What the lists spell out leads; then swapped letters, the commonest slip: "crapms" is "cramps"."""
        return word in self._written, sorted(norm) == sorted(word), JaroWinkler.similarity(norm, word)
