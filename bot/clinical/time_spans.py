"""Finds lengths and points of time in tokens, with the words around them that say what kind they are.

Nothing is decided here about what a time belongs to; ``durations.py`` does that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.clinical.amounts import half_after, read_amount
from bot.clinical.time_words import Rows, TimeWords
from bot.clinical.tokens import Token

MAX_INSIDE = 2
MAX_BEFORE = 6
MAX_AFTER = 3


@dataclass(frozen=True)
class TimeSpan:
    """Tokens ``[first, last)`` that name a time; ``marks`` are the kinds of words around it ("for", "ago" ...).

    ``days`` is None for a date that cannot be counted back. ``counted`` is False for a bare "a week".
    """

    first: int
    last: int
    days: float | None
    unit: str
    marks: frozenset[str] = frozenset()
    counted: bool = True
    count: float = 1.0


@dataclass(frozen=True)
class _Length:
    days: float
    unit: str
    start: int
    end: int
    counted: bool
    count: float


def find_time_spans(tokens: Sequence[Token], words: TimeWords) -> list[TimeSpan]:
    """All time expressions in order; none overlap."""
    norms = [token.norm for token in tokens]
    if not any(norm in words.triggers for norm in norms):
        return []
    found: list[TimeSpan] = []
    at = 0
    while at < len(tokens):
        if norms[at] not in words.starts and not tokens[at].text[0].isdigit():
            at += 1
            continue
        span = (
            _phrase(norms, at, words)
            or _nth(tokens, norms, at, words)
            or _quantity(tokens, norms, at, words)
            or _bare(norms, at, words)
        )
        if span:
            if not found or span.first >= found[-1].last:
                found.append(span)
            at = span.last
        else:
            at += 1
    return found


def _quantity(tokens: Sequence[Token], norms: list[str], at: int, words: TimeWords) -> TimeSpan | None:
    """A counted length: "three weeks", "2-3 months", "a year and a half", "1 year 4 months"."""
    length = _length(tokens, norms, at, words)
    if length is None:
        return None
    end, days = length.end, length.days
    joined = end + (_at(norms, end) in words.numbers.ands or _at(norms, end) == ",")
    more = _length(tokens, norms, joined, words)
    if more and more.counted and words.unit_days[more.unit] < words.unit_days[length.unit]:
        end, days = more.end, days + more.days
    first, before = _marks_before(norms, length.start, words)
    last, after = _marks_after(norms, end, words, before)
    return TimeSpan(first, last, days, length.unit, before | after, length.counted, length.count)


def _length(tokens: Sequence[Token], norms: list[str], at: int, words: TimeWords) -> _Length | None:
    amount = read_amount(tokens, at, words.numbers) if at < len(tokens) else None
    if amount is None:
        return None
    place = amount.end
    while place < amount.end + MAX_INSIDE and words.among("inside", _at(norms, place)):
        place += 1
    unit = words.units.get(_at(norms, place)) or _glued(tokens, place, words)
    if unit is None:
        return None
    value, counted, end = amount.value, amount.counted, place + 1
    while words.among("endings", _at(norms, end)):
        end += 1
    if _at(norms, end) == "." and _at(norms, end - 1) in words.units and len(_at(norms, end - 1)) <= 4:
        end += _at(norms, end + 1) not in ("", "\n") and tokens[end + 1].text[:1].islower()
    half = half_after(tokens, end, words.numbers)
    if half:
        value, counted, end = value + 0.5, True, half
    elif _at(norms, end) == "or":
        value, counted, end = _alternative(tokens, norms, end, value, counted, words)
    return _Length(value * words.unit_days[unit], unit, at, end, counted, value)


def _alternative(
    tokens: Sequence[Token], norms: list[str], end: int, value: float, counted: bool, words: TimeWords
) -> tuple[float, bool, int]:
    """ "a year or two", "a week or so": the middle, and the end of the phrase."""
    if _at(norms, end + 1) in ("so", "more"):
        return value, True, end + 2
    other = read_amount(tokens, end + 1, words.numbers) if end + 1 < len(tokens) else None
    if other and other.counted and other.value > value and _at(norms, other.end) not in words.units:
        return (value + other.value) / 2, True, other.end
    return value, counted, end


def _glued(tokens: Sequence[Token], place: int, words: TimeWords) -> str | None:
    """The unit of "3w": a letter straight after the digits."""
    if 0 < place < len(tokens) and tokens[place].start == tokens[place - 1].end:
        return words.glued.get(tokens[place].norm)
    return None


def _nth(tokens: Sequence[Token], norms: list[str], at: int, words: TimeWords) -> TimeSpan | None:
    """ "day 9", "week three", "on its 5th week": how far something has come."""
    unit = words.units.get(norms[at])
    if unit in words.sets["counted_through"] and norms[at] not in words.plurals:
        amount = read_amount(tokens, at + 1, words.numbers) if at + 1 < len(tokens) else None
        if amount and amount.counted and _at(norms, amount.end) not in words.units:
            days = amount.value * words.unit_days[unit]
            return TimeSpan(at, amount.end, days, unit, frozenset({"nth"}), count=amount.value)
    unit = words.units.get(_at(norms, at + 2), "")
    if _at(norms, at + 1) in words.sets["ordinal_endings"] and unit in words.sets["counted_through"]:
        amount = read_amount(tokens, at, words.numbers)
        if amount and amount.end == at + 1:
            days = amount.value * words.unit_days[unit]
            return TimeSpan(at, at + 3, days, unit, frozenset({"nth"}), count=amount.value)
    return None


def _bare(norms: list[str], at: int, words: TimeWords) -> TimeSpan | None:
    """A unit without a number: "for months", "the past week", "all week", "for ages"."""
    norm = norms[at]
    stretch = words.stretch_days.get((_at(norms, at - 1), norm))
    if stretch is not None:
        return TimeSpan(at - 1, at + 1, stretch, norm, frozenset({"for", "stretch"}))
    unit = words.units.get(norm)
    if unit is None and norm not in words.vague:
        return None
    first, before = _marks_before(norms, at, words)
    last, after = _marks_after(norms, at + 1, words, before)
    marks = before | after
    if norm in words.vague:
        return (
            TimeSpan(first, last, words.vague[norm], "vague", marks) if marks & {"for", "now", "ago", "past"} else None
        )
    assert unit is not None
    if norm in words.plurals:
        usable = marks & {"for", "past", "now", "ago", "from"} or _at(norms, at + 1) in words.numbers.ofs
        return TimeSpan(first, last, words.bare_plural * words.unit_days[unit], unit, marks) if usable else None
    if "past" in before:
        return TimeSpan(first, last, words.unit_days[unit], unit, marks)
    return None


def _phrase(norms: list[str], at: int, words: TimeWords) -> TimeSpan | None:
    """Fixed phrases: "yesterday", "last night", "since childhood", weekdays and dates after "since"."""
    row = _row(norms, at, words.lifelong)
    if row:
        return TimeSpan(at, row[0], row[1], "life", frozenset({"for", "lifelong"}))
    row = _row(norms, at, words.deictic)
    if row and not (_at(norms, at) in words.marks_before and _at(norms, at - 1) in ("the", "this", "past")):
        return _deictic(norms, at, row, words)
    if norms[at] in words.sets["weekdays"] and _at(norms, at - 1) in ("since", "last", "on", "from"):
        first = at - 1 - (_at(norms, at - 2) in ("since", "from"))
        since = {"since", "from"} & set(norms[first:at])
        return TimeSpan(first, at + 1, words.weekday_days, "weekday", frozenset({"since" if since else "deictic"}))
    if norms[at] == "since" and _is_date(norms, at + 1, words):
        return TimeSpan(at, at + 2, None, "date", frozenset({"since"}))
    return None


def _deictic(norms: list[str], at: int, row: tuple[int, float], words: TimeWords) -> TimeSpan:
    end, days = row
    first = at - 1 if words.among("parts_of_day", _at(norms, at - 1)) else at
    while words.among("parts_of_day", _at(norms, end)):
        end += 1
    if _at(norms, first - 1) in ("since", "from"):
        return TimeSpan(first - 1, end, days, "deictic", frozenset({"since"}))
    return TimeSpan(first, end, days, "deictic", frozenset({"deictic"}))


def _is_date(norms: list[str], at: int, words: TimeWords) -> bool:
    norm = _at(norms, at)
    return words.among("undated", norm) or (
        norm.isdecimal() and len(norm) == 4 and _at(norms, at + 1) not in words.units
    )


def _row(norms: list[str], at: int, rows: Rows) -> tuple[int, float] | None:
    for row, days in rows.get(norms[at], ()):
        if tuple(norms[at : at + len(row)]) == row:
            return at + len(row), days
    return None


def _marks_before(norms: list[str], start: int, words: TimeWords) -> tuple[int, frozenset[str]]:
    """Walks left over "about", "the", "past" ... up to the word that frames the time."""
    marks: set[str] = set()
    first = start
    for place in range(start - 1, max(-1, start - 1 - MAX_BEFORE), -1):
        mark = words.marks_before.get(norms[place])
        if mark is None:
            if not words.among("loose_before", norms[place]):
                break
            continue
        if mark == "past" and words.among("lasting_subjects", _at(norms, place - 1)):
            mark = "attack"  # "headaches that last 2 or 3 days"
        if "past" in marks and mark not in ("for", "over", "in", "since", "from", "past"):
            break
        marks.add(mark)
        first = place
        if mark not in ("past", "over"):
            break
    return first, frozenset(marks)


def _marks_after(norms: list[str], end: int, words: TimeWords, before: frozenset[str]) -> tuple[int, frozenset[str]]:
    """The word straight after, or "now" a few words on."""
    marks: set[str] = set()
    norm = _at(norms, end)
    if norm == "-" and _at(norms, end + 1) in words.marks_after:
        end, norm = end + 1, _at(norms, end + 1)
    mark = words.marks_after.get(norm)
    if mark == "each" and not _is_frequency(norms, end, words):
        mark = None
    if (
        words.among("back", norm)
        and "for" not in before
        and not words.among("back_is_body_before", _at(norms, end + 1))
    ):
        mark = "ago"
    if _is_age_letters(norms, end):
        mark, end = "age", end + 2
    if mark:
        return end + 1, frozenset({mark})
    for place in range(end, min(len(norms), end + MAX_AFTER)):
        if words.marks_after.get(norms[place]) == "now":
            return place + 1, frozenset({"now"})
        if not words.among("loose_after", norms[place]):
            break
    return end, frozenset(marks)


def _is_age_letters(norms: list[str], at: int) -> bool:
    """ "y.o." and "y/o" after the "y" has been taken for the unit."""
    return _at(norms, at) in (".", "/") and _at(norms, at + 1) == "o"


def _is_frequency(norms: list[str], at: int, words: TimeWords) -> bool:
    """ "hours a week", "days out of", "weeks at a time"."""
    following = _at(norms, at + 1)
    return following in words.units or following in ("of", "time") or _at(norms, at + 2) == "time"


def _at(norms: list[str], place: int) -> str:
    return norms[place] if 0 <= place < len(norms) else ""
