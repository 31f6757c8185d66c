"""The pattern language of the word lists, and the matcher that runs it over tokens.

A pattern is a row of elements that follow one another: ``word``, ``word~`` (with its inflections),
``a|b`` (alternatives, several words of one joined by an underscore), ``{family}``, ``word?`` (may be
missing), and gaps inside the clause: ``..?``, ``..``, ``...?``, ``...`` (up to 2, 4, 6, 8 words). Fillers
between elements ("my", "really", "so") are skipped. The longest match of a pattern at a place counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bot.clinical.tokens import Token

GAPS = {"..?": 2, "..": 4, "...?": 6, "...": 8}
MAX_FILLERS = 3
_VOWELS = frozenset("aeiou")
# Words whose last consonant is not doubled although the letters look like it ("stiffening", "flicker").
_DOUBLING = frozenset("bdgmnprt")
COMMA_FREE = 4  # a gap of up to so many words stays on its side of a comma
NUMBER = "#"  # stands for any number in a pattern
CLAUSE_MARKS = frozenset({",", "and", "but", "so", "because", "that", "-"})
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
        return any(not words.isdisjoint(row) for e in self.elements for rows in e.choices.values() for row in rows)

    def starts(self) -> set[str]:
        """First words with which a match can begin."""
        first: set[str] = set()
        for element in self.elements:
            first.update(element.choices)
            if not element.optional:
                break
        return first


@dataclass(frozen=True)
class Match:
    """Tokens ``[start, end)`` that fit a pattern."""

    start: int
    end: int
    meaning: object
    source: str = field(default="", compare=False)
    denied: int | None = field(default=None, compare=False)  # token of a "not" that the pattern skipped

    @property
    def length(self) -> int:
        return self.end - self.start


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


@dataclass(frozen=True)
class _Watched:
    """A pattern that is tried when each of its required elements has a word in the sentence."""

    number: int
    pattern: Pattern
    starts: frozenset[str]
    required: tuple[frozenset[str], ...]  # the rarest first
    negative: bool


class Matcher:
    """Finds every pattern in a row of norms.

    A pattern is tried only in a sentence that holds a word of each of its required elements, and woken by its
    rarest: of thousands of patterns a message tries a few dozen. No pattern reaches over the end of a sentence.
    """

    def __init__(
        self, patterns: Iterable[Pattern], *, fillers: frozenset[str], denials: frozenset[str] = frozenset()
    ) -> None:
        self._fillers, self._denials = fillers, denials
        patterns = list(patterns)
        used = Counter(word for p in patterns for element in p.elements for row in element.rows() for word in row)
        self._by_key: dict[str, list[_Watched]] = {}
        self.words: set[str] = set()
        self._unbroken: set[tuple[str, str]] = set()  # a full stop inside a name: "St. John's wort"
        for number, pattern in enumerate(patterns):
            # Of "the dts" both words must be there: the rarer one tells more.
            required = [
                frozenset(min(row, key=lambda word: (used[word], word)) for row in element.rows())
                for element in pattern.elements
                if not element.optional
            ]
            required.sort(key=lambda words: sum(used[word] for word in words))
            watched = _Watched(
                number, pattern, frozenset(pattern.starts()), tuple(required[1:]), pattern.speaks_of(denials)
            )  # fmt: skip
            for word in required[0]:
                self._by_key.setdefault(word, []).append(watched)
            for element in pattern.elements:
                last = element is pattern.elements[-1]
                for row in (row for rows in element.choices.values() for row in rows):
                    self.words.update(row)
                    self._unbroken.update(p for p in pairwise(row[:-1] if last else row) if p[1] in BREAKS)

    def find(self, norms: Sequence[str]) -> list[Match]:
        """All matches, one per pattern and starting place (its longest), in text order."""
        found: list[Match] = []
        start = 0
        for position, norm in enumerate(norms):
            if norm in BREAKS and (position == 0 or (norms[position - 1], norm) not in self._unbroken):
                found += self._in_sentence(norms, start, position + 1)
                start = position + 1
        found += self._in_sentence(norms, start, len(norms))
        return sorted(dict.fromkeys(found), key=lambda match: (match.start, match.end))

    def _in_sentence(self, norms: Sequence[str], begin: int, end: int) -> Iterable[Match]:
        places: dict[str, list[int]] = {}
        for position in range(begin, end):
            norm = norms[position]
            places.setdefault(norm, []).append(position)
            if norm[0].isdigit():
                places.setdefault(NUMBER, []).append(position)
        words = frozenset(places)
        denials = [position for word in self._denials & words for position in places[word]]
        woken = {watched.number: watched for word in words for watched in self._by_key.get(word, ())}
        for watched in woken.values():
            if any(words.isdisjoint(needed) for needed in watched.required):
                continue
            pattern = watched.pattern
            for word in watched.starts & words:
                for start in places[word]:
                    stop = self._fit(pattern.elements, 0, norms, start, first=True)
                    if stop is not None:
                        inside = [] if watched.negative else [p for p in denials if self._denies(norms, start, p, stop)]
                        yield Match(start, stop, pattern.meaning, pattern.source, min(inside, default=None))

    @staticmethod
    def _denies(norms: Sequence[str], start: int, denial: int, stop: int) -> bool:
        """Whether a "not" stands in the gap of a match, in the clause in which it begins."""
        return start < denial < stop and CLAUSE_MARKS.isdisjoint(norms[start:denial])

    def _fit(
        self, elements: tuple[Element, ...], step: int, norms: Sequence[str], at: int, *, first: bool = False
    ) -> int | None:
        """End of the longest fit of ``elements[step:]`` from ``at``, or None."""
        if step == len(elements):
            return at
        element = elements[step]
        best: int | None = None
        for place in (at,) if first else self._places(norms, at, element):
            for behind in element.ends(norms, place):
                end = self._fit(elements, step + 1, norms, behind)
                if end is not None and (best is None or end > best):
                    best = end
            if best is not None:
                break
        if element.optional:
            skipped = self._fit(elements, step + 1, norms, at, first=first)
            if skipped is not None and (best is None or skipped > best):
                best = skipped
        return best

    def _places(self, norms: Sequence[str], at: int, element: Element) -> Iterable[int]:
        """Token places at which the next element may stand: here, behind fillers, or within its gap."""
        fillers, gap, place = 0, element.gap, at
        while place < len(norms):
            yield place  # a mark that ends the sentence too: the colon of "side effects:"
            if norms[place] in BREAKS:
                return
            if norms[place] in self._fillers and fillers < MAX_FILLERS:
                fillers += 1
            elif gap and not (norms[place] == "," and element.gap <= COMMA_FREE):
                gap -= 1
            else:
                return
            place += 1


def longest(matches: Iterable[Match]) -> list[Match]:
    """Matches that lie inside no longer one, in text order; equal spans are all kept."""
    kept: list[Match] = []
    reach = -1  # the furthest end of a match that starts further left, or here and is longer
    start_of_reach = -1
    for match in sorted(matches, key=lambda m: (m.start, -m.end)):
        if match.end <= reach and not (kept and (start_of_reach, reach) == (match.start, match.end)):
            continue
        kept.append(match)
        if match.end > reach:
            reach, start_of_reach = match.end, match.start
    return kept
