"""The matcher that runs compiled patterns over the tokens of a text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bot.clinical.patterns import BREAKS, NUMBER, Element, Pattern

MAX_FILLERS = 3
COMMA_FREE = 4  # a gap of up to so many words stays on its side of a comma
CLAUSE_MARKS = frozenset({",", "and", "but", "so", "because", "that", "-"})


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
                for row in element.rows():
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
        for _, watched in sorted(woken.items()):  # in the order of the lists, whatever the order of a set
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
