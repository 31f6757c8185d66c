"""The matcher that runs compiled patterns over the tokens of a text.

Most of the time that reading takes is spent here, so the innermost loops touch plain tuples and sets only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bot.clinical.patterns import BREAKS, NUMBER, Element, Pattern

MAX_FILLERS = 3
COMMA_FREE = 4  # a gap of up to so many words stays on its side of a comma
CLAUSE_MARKS = frozenset({",", "and", "but", "so", "because", "that", "-"})
FEW = 6  # so many patterns of one word are looked through one by one
NONE = -1  # no fit; no "not" skipped

Norms = tuple[str, ...]
Hit = tuple[int, int, int, int]  # start, end, number of the pattern, token of a skipped "not" or NONE


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


class _Step:
    """An element as it is run."""

    __slots__ = ("comma_free", "gap", "last", "numeric", "optional", "rows")

    def __init__(self, element: Element, *, last: bool) -> None:
        self.rows: Mapping[str, tuple[Norms, ...]] = element.choices
        self.numeric = NUMBER in element.choices
        self.optional, self.gap, self.last = element.optional, element.gap, last
        self.comma_free = element.gap <= COMMA_FREE


class _Watched:
    """A pattern that is tried when each of its required elements has a word in the sentence."""

    __slots__ = ("negative", "number", "required", "rest", "starts", "steps")

    def __init__(self, number: int, pattern: Pattern, required: Sequence[frozenset[str]], negative: bool) -> None:
        self.number, self.negative = number, negative
        self.required = tuple(required)  # the rarest first
        self.rest = self.required[2:]
        self.steps = tuple(_Step(element, last=element is pattern.elements[-1]) for element in pattern.elements)
        self.starts = frozenset(pattern.starts())


Sleepers = tuple[tuple[_Watched, ...], dict[str, tuple[_Watched, ...]]]


class _Alarm:
    """Wakes the patterns that the words of a sentence may fit: first by their rarest word, then by their next.

    Words that wake the same patterns share one table.
    """

    def __init__(self, watched: Iterable[_Watched]) -> None:
        by_rarest: dict[str, list[_Watched]] = {}
        for pattern in watched:
            for word in pattern.required[0]:
                by_rarest.setdefault(word, []).append(pattern)
        shared: dict[tuple[_Watched, ...], Sleepers] = {}
        self._sleepers: dict[str, Sleepers] = {}
        for word, group in by_rarest.items():
            same = tuple(group)
            if same not in shared:
                shared[same] = _by_next(same)
            self._sleepers[word] = shared[same]

    def woken(self, words: frozenset[str]) -> set[_Watched]:
        """The patterns each of whose required elements has a word among ``words``."""
        woken: set[_Watched] = set()
        lacks = words.isdisjoint
        for word in words & self._sleepers.keys():
            few, by_next = self._sleepers[word]
            for watched in few:
                for needed in watched.required[1:]:
                    if lacks(needed):
                        break
                else:
                    woken.add(watched)
            for following in words & by_next.keys():
                for watched in by_next[following]:
                    for needed in watched.rest:
                        if lacks(needed):
                            break
                    else:
                        woken.add(watched)
        return woken


def _by_next(group: Sequence[_Watched]) -> Sleepers:
    """Those that are looked through one by one, and those woken by a word of their next element."""
    if len(group) < FEW:
        return tuple(group), {}
    by_next: dict[str, list[_Watched]] = {}
    for watched in group:
        for word in watched.required[1] if len(watched.required) > 1 else ():
            by_next.setdefault(word, []).append(watched)
    alone = tuple(watched for watched in group if len(watched.required) == 1)
    return alone, {word: tuple(patterns) for word, patterns in by_next.items()}


class Matcher:
    """Finds every pattern in a row of norms.

    A pattern is tried only in a sentence that holds a word of each of its required elements, and woken by its
    rarest: of thousands of patterns a message tries a few dozen. No pattern reaches over the end of a sentence.
    """

    def __init__(
        self, patterns: Iterable[Pattern], *, fillers: frozenset[str], denials: frozenset[str] = frozenset()
    ) -> None:
        self._fillers, self._denials = fillers, denials
        self._patterns = tuple(patterns)
        meanings: dict[object, int] = {}
        self._meanings = [meanings.setdefault(pattern.meaning, len(meanings)) for pattern in self._patterns]
        self._words_alone: dict[str, list[int]] = {}  # patterns that are one word
        self.words: set[str] = set()
        self._unbroken: set[tuple[str, str]] = set()  # a full stop inside a name: "St. John's wort"
        used = Counter(word for p in self._patterns for element in p.elements for row in element.rows() for word in row)
        watched: list[_Watched] = []
        for number, pattern in enumerate(self._patterns):
            if _is_word(pattern):
                for word in pattern.elements[0].choices:
                    self._words_alone.setdefault(word, []).append(number)
            else:
                watched.append(_Watched(number, pattern, _required(pattern, used), pattern.speaks_of(denials)))
            for element in pattern.elements:
                last = element is pattern.elements[-1]
                for row in element.rows():
                    self.words.update(row)
                    self._unbroken.update(p for p in pairwise(row[:-1] if last else row) if p[1] in BREAKS)
        self._alarm = _Alarm(watched)

    def find(self, norms: Sequence[str]) -> list[Match]:
        """All matches, one per pattern and starting place (its longest), in text order."""
        norms = tuple(norms)
        hits: list[Hit] = []
        start = 0
        for position, norm in enumerate(norms):
            if norm in BREAKS and (position == 0 or (norms[position - 1], norm) not in self._unbroken):
                self._in_sentence(norms, start, position + 1, hits)
                start = position + 1
        self._in_sentence(norms, start, len(norms), hits)
        return self._matches(hits)

    def _matches(self, hits: list[Hit]) -> list[Match]:
        """One match for the same words and meaning, that of the first pattern in the lists."""
        hits.sort()
        found: dict[tuple[int, int, int], Match] = {}
        for start, end, number, denied in hits:
            key = (start, end, self._meanings[number])
            if key not in found:
                pattern = self._patterns[number]
                found[key] = Match(start, end, pattern.meaning, pattern.source, None if denied == NONE else denied)
        return list(found.values())

    def _in_sentence(self, norms: Norms, begin: int, end: int, hits: list[Hit]) -> None:
        places: dict[str, list[int]] = {}
        for position in range(begin, end):
            norm = norms[position]
            places.setdefault(norm, []).append(position)
            if norm[0].isdigit():
                places.setdefault(NUMBER, []).append(position)
        words = frozenset(places)
        denials = sorted(position for word in self._denials & words for position in places[word])
        for word in words & self._words_alone.keys():
            hits += [(at, at + 1, number, NONE) for at in places[word] for number in self._words_alone[word]]
        for watched in self._alarm.woken(words):
            steps = watched.steps
            for word in watched.starts & words:
                for start in places[word]:
                    stop = self._fit(steps, 0, norms, start, True)
                    if stop != NONE:
                        denied = NONE if watched.negative else _denied(norms, start, denials, stop)
                        hits.append((start, stop, watched.number, denied))

    def _fit(self, steps: tuple[_Step, ...], number: int, norms: Norms, at: int, first: bool) -> int:
        """End of the longest fit of ``steps[number:]`` from ``at``, or NONE; the ``first`` word stands right there."""
        step = steps[number]
        choices, gap = step.rows, step.gap
        best, place, fillers, size = NONE, at, 0, len(norms)
        while place < size:  # here, behind fillers, or within the gap
            norm = norms[place]
            rows = choices.get(norm, ())
            if step.numeric and norm[0].isdigit():
                rows = (*rows, (NUMBER,))
            for row in rows:
                behind = place + len(row)
                if behind - place == 1 or norms[place:behind] == row:
                    end = behind if step.last else self._fit(steps, number + 1, norms, behind, False)
                    best = end if end > best else best
            # A mark that ends the sentence may be the element too: the colon of "side effects:".
            if first or best != NONE or norm in BREAKS:
                break
            if norm in self._fillers and fillers < MAX_FILLERS:
                fillers += 1
            elif gap and not (norm == "," and step.comma_free):
                gap -= 1
            else:
                break
            place += 1
        if step.optional:
            best = max(best, at if step.last else self._fit(steps, number + 1, norms, at, first))
        return best


def _is_word(pattern: Pattern) -> bool:
    """Whether any one of some single words is the whole pattern."""
    first, *more = pattern.elements
    return not more and NUMBER not in first.choices and all(len(row) == 1 for row in first.rows())


def _required(pattern: Pattern, used: Mapping[str, int]) -> list[frozenset[str]]:
    """The words of each element that may not be missing, the rarest first; of "the dts" the rarer word."""
    required = [
        frozenset(min(row, key=lambda word: (used[word], word)) for row in element.rows())
        for element in pattern.elements
        if not element.optional
    ]
    return sorted(required, key=lambda words: sum(used[word] for word in words))


def _denied(norms: Norms, start: int, denials: Sequence[int], stop: int) -> int:
    """The first "not" that stands in the gap of a match, in the clause in which it begins; or NONE."""
    for place in denials:
        if start < place < stop and CLAUSE_MARKS.isdisjoint(norms[start:place]):
            return place
    return NONE


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
