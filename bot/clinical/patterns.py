"""The pattern language of the word lists, compiled into what ``matcher`` runs over tokens.

A pattern is a row of elements that follow one another: ``word``, ``word~`` (with its inflections),
``a|b`` (alternatives, several words of one joined by an underscore), ``{family}``, ``word?`` (may be
missing), and gaps inside the clause: ``..?``, ``..``, ``...?``, ``...`` (up to 2, 4, 6, 8 words). Fillers
between elements ("my", "really", "so") are skipped. The longest match of a pattern at a place counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.clinical.tokens import Token

GAPS = {"..?": 2, "..": 4, "...?": 6, "...": 8}
_VOWELS = frozenset("aeiou")
# Words whose last consonant is not doubled although the letters look like it ("stiffening", "flicker").
_DOUBLING = frozenset("bdgmnprt")
NUMBER = "#"  # stands for any number in a pattern
BREAKS = frozenset({".", "!", "?", ";", "\n", ":"})


class PatternError(ValueError):
    """A pattern that cannot be compiled; the message says which and why."""


@dataclass(frozen=True)
class Element:
    """One step of a pattern: the word rows that fit, by their first word."""

    choices: Mapping[str, tuple[tuple[str, ...], ...]]
    optional: bool = False
    gap: int = 0

    def rows(self) -> Iterable[tuple[str, ...]]:
        """The word rows that fit."""
        return (row for rows in self.choices.values() for row in rows)

    def ends(self, norms: Sequence[str], place: int) -> Sequence[int]:
        """Where the rows that fit at token ``place`` end."""
        norm = norms[place]
        rows = self.choices.get(norm, ())
        if NUMBER in self.choices and norm[0].isdigit():
            rows = (*rows, (NUMBER,))
        return [
            place + len(row) for row in rows if len(row) == 1 or tuple(norms[place : place + len(row)]) == row
        ]  # fmt: skip


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern and what it stands for."""

    elements: tuple[Element, ...]
    meaning: object
    source: str

    def speaks_of(self, words: frozenset[str]) -> bool:
        """Whether one of the words stands in the pattern itself."""
        return any(not words.isdisjoint(row) for element in self.elements for row in element.rows())

    def starts(self) -> set[str]:
        """First words with which a match can begin."""
        first: set[str] = set()
        for element in self.elements:
            first.update(element.choices)
            if not element.optional:
                break
        return first


def inflections(word: str) -> set[str]:
    """The word with its regular endings: twitch -> twitches, twitched, twitching."""
    forms = {word}
    if word.endswith("y") and len(word) > 2 and word[-2] not in _VOWELS:
        stem = word[:-1]
        return forms | {stem + "ies", stem + "ied", word + "ing", stem + "ier", stem + "iest"}
    if word.endswith("e"):
        stem = word[:-1]
        kept = {word + "ing"} if stem.endswith(("e", "o", "y")) else {stem + "ing"}  # seeing, hoeing, dyeing
        return forms | {word + "s", word + "d"} | kept
    forms |= {word + "s", word + "ed", word + "ing"}
    if word.endswith(("s", "x", "z", "ch", "sh")):
        forms.add(word + "es")
    if len(word) > 2 and word[-1] in _DOUBLING and word[-2] in _VOWELS and word[-3] not in _VOWELS:
        forms |= {word + word[-1] + "ed", word + word[-1] + "ing"}
    return forms


class Compiler:
    """Compiles patterns with the families of one word list; words are cut as texts are."""

    def __init__(
        self,
        families: Mapping[str, Sequence[str]],
        *,
        fillers: frozenset[str],
        cut: Callable[[str], tuple[Token, ...]],
    ) -> None:
        self._raw = families
        self._fillers = fillers
        self._cut = cut
        self._families: dict[str, tuple[tuple[str, ...], ...]] = {}
        self._cut_words: dict[str, tuple[str, ...]] = {}
        self.written: set[str] = set()  # words as the lists spell them, without their inflections

    def compile(self, source: str, meaning: object, *, literal: bool = False) -> Pattern:
        """The compiled pattern; ``PatternError`` for an unknown family or an empty pattern.

        ``literal`` keeps the articles that are written in it: "tired of" is a trap, "tired" is not.
        """
        elements: list[Element] = []
        gap = 0
        for part in source.split():
            if part in GAPS:
                gap = GAPS[part]
                continue
            optional = part.endswith("?") and len(part) > 1
            rows = self._rows(part[:-1] if optional else part, source)
            plain = "|" not in part and "{" not in part and "~" not in part
            if plain and rows[0][0] in self._fillers and not (gap or optional or literal) and len(source.split()) > 1:
                continue
            elements.append(_element(rows, optional=optional, gap=gap))
            gap = 0
        if not elements or all(element.optional for element in elements):
            raise PatternError(f"pattern {source!r} matches nothing in particular")
        return Pattern(tuple(elements), meaning, source)

    def _rows(self, part: str, source: str) -> tuple[tuple[str, ...], ...]:
        rows: list[tuple[str, ...]] = []
        for choice in part.split("|"):
            if choice.startswith("{") and choice.endswith("}"):
                rows.extend(self._family(choice[1:-1], source))
            elif choice:
                rows.extend(self._words(choice))
        if not rows:
            raise PatternError(f"empty element {part!r} in pattern {source!r}")
        return tuple(rows)

    def _family(self, name: str, source: str) -> tuple[tuple[str, ...], ...]:
        if name not in self._raw:
            raise PatternError(f"unknown family {{{name}}} in pattern {source!r}")
        if name not in self._families:
            rows: list[tuple[str, ...]] = []
            for word in self._raw[name]:
                rows.extend(self._rows(word.replace(" ", "_"), source))
            self._families[name] = tuple(dict.fromkeys(rows))
        return self._families[name]

    def _norms(self, word: str) -> tuple[str, ...]:
        if word not in self._cut_words:
            self._cut_words[word] = tuple(token.norm for token in self._cut(word))
        return self._cut_words[word]

    def _words(self, choice: str) -> Iterable[tuple[str, ...]]:
        rows: list[tuple[str, ...]] = [()]
        for word in choice.split("_"):
            inflected = word.endswith("~")
            tokens = self._norms(word.rstrip("~"))
            if not tokens:
                continue
            self.written.update(tokens)
            endings = inflections(tokens[-1]) if inflected else {tokens[-1]}
            rows = [row + tokens[:-1] + (ending,) for row in rows for ending in sorted(endings)]
        return [row for row in rows if row]


def _element(rows: Iterable[tuple[str, ...]], *, optional: bool, gap: int) -> Element:
    choices: dict[str, list[tuple[str, ...]]] = {}
    for row in rows:
        choices.setdefault(row[0], []).append(row)
    ordered = {first: tuple(sorted(set(group), key=len, reverse=True)) for first, group in choices.items()}
    return Element(ordered, optional=optional, gap=gap)
