"""Points of time that are told in fixed words ("since Tuesday last week", "this whole year") or counted up to
("day 9", "the third week").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.clinical.amounts import read_amount
from bot.clinical.time_words import Rows, TimeWords
from bot.clinical.tokens import Token

_DATED = frozenset({"since", "last", "on", "from"})


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


def counted_through(tokens: Sequence[Token], norms: list[str], at: int, words: TimeWords) -> TimeSpan | None:
    """ "day 9", "week three", "its 5th week", "third day": how far something has come."""
    unit = words.units.get(norms[at])
    if unit in words.sets["counted_through"] and norms[at] not in words.plurals:
        amount = read_amount(tokens, at + 1, words.numbers) if at + 1 < len(tokens) else None
        if amount and amount.counted and at_place(norms, amount.end) not in words.units:
            return _nth(at, amount.end, amount.value, unit, words)
    unit = words.units.get(at_place(norms, at + 1), "")
    if norms[at] in words.ordinals and _is_countable(norms, at + 1, unit, words):
        return _nth(at, at + 2, words.ordinals[norms[at]], unit, words)
    unit = words.units.get(at_place(norms, at + 2), "")
    if at_place(norms, at + 1) in words.sets["ordinal_endings"] and _is_countable(norms, at + 2, unit, words):
        amount = read_amount(tokens, at, words.numbers)
        if amount and amount.end == at + 1:
            return _nth(at, at + 3, amount.value, unit, words)
    return None


def _is_countable(norms: list[str], place: int, unit: str, words: TimeWords) -> bool:
    return unit in words.sets["counted_through"] and norms[place] not in words.plurals


def _nth(first: int, last: int, count: float, unit: str, words: TimeWords) -> TimeSpan:
    return TimeSpan(first, last, count * words.unit_days[unit], unit, frozenset({"nth"}), count=count)


def phrase(norms: list[str], at: int, words: TimeWords) -> TimeSpan | None:
    """Fixed phrases: "yesterday", "last night", "since childhood", weekdays and dates after "since"."""
    row = _row(norms, at, words.lifelong)
    if row:
        return TimeSpan(at, row[0], row[1], "life", frozenset({"for", "lifelong"}))
    row = _row(norms, at, words.deictic)
    if row and not (at_place(norms, at) in words.marks_before and at_place(norms, at - 1) in ("the", "this", "past")):
        return _deictic(norms, at, row, words)
    before = at_place(norms, at - 1)
    if norms[at] in words.sets["weekdays"] and (before in _DATED or words.among("begun", before)):
        return _weekday(norms, at, words)
    if words.among("sinces", norms[at]):
        return _since_point(norms, at, words)
    return None


def _weekday(norms: list[str], at: int, words: TimeWords) -> TimeSpan:
    first = at - (at_place(norms, at - 1) in _DATED)
    first -= at_place(norms, first - 1) in ("since", "from")
    since = {"since", "from"} & set(norms[first:at])
    marks = frozenset({"since" if since else "deictic"})
    last_week = _row(norms, at + 1, words.deictic)
    if last_week:
        return TimeSpan(first, last_week[0], last_week[1], "weekday", marks)
    return TimeSpan(first, at + 1, words.weekday_days, "weekday", marks)


def _deictic(norms: list[str], at: int, row: tuple[int, float], words: TimeWords) -> TimeSpan:
    end, days = row
    first = at - 1 if words.among("parts_of_day", at_place(norms, at - 1)) else at
    while words.among("parts_of_day", at_place(norms, end)):
        end += 1
    if at_place(norms, first - 1) in ("since", "from"):
        return TimeSpan(first - 1, end, days, "deictic", frozenset({"since"}))
    return TimeSpan(first, end, days, "deictic", frozenset({"deictic"}))


def _since_point(norms: list[str], at: int, words: TimeWords) -> TimeSpan | None:
    """ "since breakfast", "since 2am", "since the weekend"; a date has no number of days ("since last autumn")."""
    place = at + 1
    while words.among("before_date", at_place(norms, place)):
        place += 1
    norm = at_place(norms, place)
    days = words.points.get(norm)
    if days is None and at_place(norms, place + 1) in words.sets["clock"] and norm.isdecimal():
        days, place = words.clock_days, place + 1
    if days is not None and not words.among("stretch_ends", at_place(norms, place + 1)):
        return TimeSpan(at, place + 1, days, "deictic", frozenset({"since"}))
    if norms[at] == "since" and _is_date(norms, place, words):
        return TimeSpan(at, place + 1, None, "date", frozenset({"since"}))
    return None


def _is_date(norms: list[str], at: int, words: TimeWords) -> bool:
    norm = at_place(norms, at)
    return words.among("undated", norm) or (
        norm.isdecimal() and len(norm) == 4 and at_place(norms, at + 1) not in words.units
    )


def counted_again(before: TimeSpan | None, span: TimeSpan, norms: list[str], words: TimeWords) -> TimeSpan | None:
    """ "since the summer, four months", "Saturday, two days ago": one time told twice, once counted."""
    if before is None or before.unit not in ("weekday", "date", "deictic") or not span.counted or "nth" in span.marks:
        return None
    between = norms[before.last : span.first]
    if not between or not all(words.among("told_again", norm) for norm in between):
        return None
    return TimeSpan(before.first, span.last, span.days, span.unit, before.marks | span.marks, count=span.count)


def _row(norms: list[str], at: int, rows: Rows) -> tuple[int, float] | None:
    for row, days in rows.get(at_place(norms, at), ()):
        if tuple(norms[at : at + len(row)]) == row:
            return at + len(row), days
    return None


def at_place(norms: list[str], place: int) -> str:
    """The word at ``place``, or nothing beyond the ends."""
    return norms[place] if 0 <= place < len(norms) else ""
