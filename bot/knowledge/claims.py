"""Which claim of the lay article a question is about: words of the text and what was read in it, against the claims."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz.distance import OSA

from bot.knowledge.claim_models import Claim, ClaimWords, WordGroup
from bot.reading import Reading

NOT = "!"
ANY_ENDING = "*"
MISSPELT_FROM_LETTERS = 5  # shorter words have too many neighbours
MOST_WRONG_LETTERS = 1
CLAUSE = re.compile(r"[.,;:!-]\s|[–—]")
WORD = re.compile(r"[\w'’,.-]*\w")


@dataclass(frozen=True)
class ClaimIndex:
    """The ways to ask about each claim, ready to be tried on a text."""

    claims: tuple[Claim, ...]
    words: ClaimWords
    practical: tuple[str, ...] = ()

    def asked_about(self, text: str, reading: Reading, topic: str | None = None) -> Claim | None:
        """The claim that ``text`` asks about; None if there is none, or if it answers no question of that topic.

        Of all ways to ask that fit, the one that names most decides; ties go to the claim that stands first.
        """
        there = self._groups_in(text, reading)
        best, longest = None, 0
        for claim in self.claims:
            length = max((_length(way, there) for way in claim.asks), default=0)
            fits = not claim.only or topic not in self.practical or topic in claim.topics
            if length > longest and fits:
                best, longest = claim, length
        return best

    def is_question(self, text: str) -> bool:
        """Whether the text asks, or puts a claim to the bot."""
        asks = self.words.question
        parts = [_plain(part) for part in CLAUSE.split(text)]
        begins = any(part.startswith(f" {start} ") for part in parts for start in asks.begins)
        return begins or any(mark in text for mark in asks.holds)

    def is_own(self, text: str) -> bool:
        """Whether the text speaks of its writer or of somebody near."""
        plain = _plain(text)
        return any(f" {word} " in plain for word in self.words.question.own)

    def _groups_in(self, text: str, reading: Reading) -> frozenset[str]:
        """Names of the word groups, concepts and exposures that the text holds."""
        plain = self._spelt(_plain(text))
        read = {f.concept for f in reading.findings} | {e.exposure for e in reading.exposures}
        groups = self.words.groups
        named = {name for name, pattern in self._patterns.items() if pattern.search(plain)}
        return frozenset(read | named | {name for name, group in groups.items() if read.intersection(group.read)})

    @cached_property
    def _patterns(self) -> Mapping[str, re.Pattern[str]]:
        return {name: _pattern(group) for name, group in self.words.groups.items() if group.words}

    @cached_property
    def _known(self) -> frozenset[str]:
        phrases = (phrase for group in self.words.groups.values() for phrase in group.words)
        return frozenset(word for phrase in phrases for word in phrase.replace(ANY_ENDING, "").split())

    @cached_property
    def _long_words(self) -> tuple[str, ...]:
        return tuple(sorted(word for word in self._known if len(word) > MISSPELT_FROM_LETTERS))

    def _spelt(self, plain: str) -> str:
        """The text with words one letter away from a known one put right."""
        return f" {' '.join(self._right(word) for word in plain.split())} "

    def _right(self, word: str) -> str:
        if (
            len(word) < MISSPELT_FROM_LETTERS
            or word in self._known
            or any(pattern.search(f" {word} ") for pattern in self._patterns.values())
        ):
            return word
        near = (other for other in self._long_words if abs(len(other) - len(word)) <= MOST_WRONG_LETTERS)
        return next((other for other in near if OSA.distance(word, other) <= MOST_WRONG_LETTERS), word)


def _plain(text: str) -> str:
    words = (word.replace("’", "'").strip("'") for word in WORD.findall(text.casefold()))
    return f" {' '.join(words)} "


def _pattern(group: WordGroup) -> re.Pattern[str]:
    parts = (re.escape(phrase).replace(re.escape(ANY_ENDING), r"[\w'-]*") for phrase in group.words)
    return re.compile(rf"(?<= )(?:{'|'.join(parts)})(?= )")


def _length(way: Iterable[str], there: Collection[str]) -> int:
    """How much the way names, 0 if it does not fit."""
    wanted = [name for name in way if not name.startswith(NOT)]
    barred = [name[len(NOT) :] for name in way if name.startswith(NOT)]
    fits = all(name in there for name in wanted) and not any(name in there for name in barred)
    return len(wanted) if fits else 0
