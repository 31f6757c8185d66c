"""Blood results in a text: "my vitamin D was 18 ng/mL" -> test, value, unit.

A number is a result when it follows the name of a test with a unit of that test, or with "level", "was", ":" and the
like between; doses, counts, times, targets and normal ranges are not. A unit that is not written is never assumed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from bot.clinical.amounts import plain_number
from bot.clinical.tokens import Token, tokenize
from bot.clinical.wordlists import load_words, plain
from bot.reading import LabResult

PATH = Path(__file__).parent / "data" / "lab_results.yml"

# Conversion factors (knowledge base, 5.5 and the notes to 4.5).
NMOL_PER_NG_VITAMIN_D = 2.496
MG_DL_PER_MMOL_CALCIUM = 4.008
MG_DL_PER_MMOL_MAGNESIUM = 2.43
MEQ_PER_MMOL_MAGNESIUM = 2.0
# Value of one written unit in the unit that the rules use: nmol/L for vitamin D, mmol/L for the salts.
_TO_RULE_UNIT: dict[tuple[str, str], float] = {
    ("25-oh-d", "nmol/L"): 1.0,
    ("25-oh-d", "ng/mL"): NMOL_PER_NG_VITAMIN_D,
    ("calcium", "mmol/L"): 1.0,
    ("calcium", "mg/dL"): 1 / MG_DL_PER_MMOL_CALCIUM,
    ("calcium_ionised", "mmol/L"): 1.0,
    ("calcium_ionised", "mg/dL"): 1 / MG_DL_PER_MMOL_CALCIUM,
    ("potassium", "mmol/L"): 1.0,
    ("potassium", "mEq/L"): 1.0,
    ("magnesium", "mmol/L"): 1.0,
    ("magnesium", "mg/dL"): 1 / MG_DL_PER_MMOL_MAGNESIUM,
    ("magnesium", "mEq/L"): 1 / MEQ_PER_MMOL_MAGNESIUM,
}
# How far after the name a number with a unit of the test may stand, in words.
REACH = 14
# How far before the name: "18 ng/mL of vitamin D".
REACH_BACK = 4
# How far before the name "normal range for" and the like count.
TARGET_REACH = 5

_V = TypeVar("_V")
_STOPS = frozenset({".", "!", "?", "\n", ";"})


@dataclass(frozen=True)
class _Test:
    name: str
    plausible: Mapping[str | None, tuple[float, float]]
    same: Mapping[str, str]
    real: Mapping[str, tuple[float, float]]

    def can_be(self, value: float, unit: str | None) -> bool:
        """Whether a body can have that value; one that cannot be is read but not converted."""
        low, high = self.real.get(unit or "", (value, value))
        return low <= value <= high

    def fits(self, value: float, unit: str | None) -> bool:
        bounds = self.plausible.get(unit)
        return bounds is not None and bounds[0] <= value <= bounds[1]


@dataclass(frozen=True)
class _Words:
    tests: Mapping[str, tuple[tuple[tuple[str, ...], _Test], ...]]
    units: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
    sets: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class _Named:
    test: _Test
    start: int
    end: int


@dataclass(frozen=True)
class _Value:
    value: float
    unit: str | None
    start: int
    end: int


def in_rule_unit(test: str, value: float, unit: str | None) -> float | None:
    """The value in nmol/L (vitamin D) or mmol/L (salts), as the rules compare it; None without a known unit."""
    factor = _TO_RULE_UNIT.get((test, unit or ""))
    return None if factor is None else value * factor


def find_lab_results(tokens: Sequence[Token], text: str) -> tuple[LabResult, ...]:
    """All results in text order, one per test and value."""
    words = _words()
    norms = [token.norm for token in tokens]
    if not any(token.text[0].isdigit() for token in tokens):
        return ()
    names = _names(norms, words)
    found: dict[tuple[str, float], LabResult] = {}
    free_from = 0
    for index, named in enumerate(names):
        limit = names[index + 1].start if index + 1 < len(names) else len(tokens)
        value = _after(tokens, norms, named, limit, words) or _before(tokens, norms, named, free_from, words)
        if value:
            free_from = max(named.end, value.end)
            found.setdefault((named.test.name, value.value), _result(tokens, text, named, value))
    if not found and names:
        found = _unnamed(tokens, text, norms, names, words)
    return tuple(sorted(found.values(), key=lambda result: result.start))


def _result(tokens: Sequence[Token], text: str, named: _Named, value: _Value) -> LabResult:
    start = tokens[min(named.start, value.start)].start
    end = tokens[max(named.end, value.end) - 1].end
    test = named.test.name
    known = test == "25-oh-d" and named.test.can_be(value.value, value.unit)
    nmol = in_rule_unit(test, value.value, value.unit) if known else None
    return LabResult(
        test, value.value, value.unit, None if nmol is None else round(nmol, 1), text[start:end], start, end
    )


def _after(tokens: Sequence[Token], norms: list[str], named: _Named, limit: int, words: _Words) -> _Value | None:
    """The first number after the name that can be its result."""
    if words.sets["targets_before"] & {*norms[max(0, named.start - TARGET_REACH) : named.start]}:
        return None
    linked = False
    plain_so_far = True
    for place in range(named.end, min(limit, named.end + REACH)):
        norm = norms[place]
        if norm in _STOPS and not (norm == "." and place == named.end):
            return None
        if norm in words.sets["targets"]:
            return None
        linked = linked or norm in words.sets["links"]
        if not tokens[place].text[0].isdigit():
            plain_so_far = plain_so_far and (norm in words.sets["between"] or norm in words.sets["times"])
            continue
        value = _value(tokens, norms, place, named.test, words)
        if value is None or _moved_on(tokens, norms, value, words):
            continue
        if value.unit or (plain_so_far and (linked or "." in tokens[place].text)):
            return value
    return None


def _moved_on(tokens: Sequence[Token], norms: list[str], value: _Value, words: _Words) -> bool:
    """ "from 12 to 30": the later one counts."""
    follows = norms[value.end : value.end + 1] == ["to"] and value.start > 0 and norms[value.start - 1] == "from"
    return follows and value.end + 1 < len(tokens) and plain_number(tokens[value.end + 1]) is not None


def _before(tokens: Sequence[Token], norms: list[str], named: _Named, free_from: int, words: _Words) -> _Value | None:
    """A number with a unit shortly before the name, from token ``free_from`` on."""
    for place in range(max(free_from, named.start - REACH_BACK - 3), named.start):
        if tokens[place].text[0].isdigit():
            value = _value(tokens, norms, place, named.test, words)
            if value and value.unit and value.end <= named.start <= value.end + REACH_BACK - 2:
                between = norms[value.end : named.start]
                if not _STOPS & {*between} and not words.sets["targets"] & {*norms[max(0, place - 5) : place]}:
                    return value
    return None


def _unnamed(
    tokens: Sequence[Token], text: str, norms: list[str], names: list[_Named], words: _Words
) -> dict[tuple[str, float], LabResult]:
    """ "low vitamin D. My level was 18 ng/mL": a level with a unit in a text about one test."""
    if len({named.test.name for named in names}) != 1:
        return {}
    for place, token in enumerate(tokens):
        if not token.text[0].isdigit() or not {"level", "levels", "result", "it"} & {*norms[max(0, place - 6) : place]}:
            continue
        value = _value(tokens, norms, place, names[0].test, words)
        if value and value.unit and not words.sets["targets"] & {*norms[max(0, place - 6) : place]}:
            here = _Named(names[0].test, value.start, value.end)
            return {(here.test.name, value.value): _result(tokens, text, here, value)}
    return {}


def _value(tokens: Sequence[Token], norms: list[str], place: int, test: _Test, words: _Words) -> _Value | None:
    """The number at ``place`` with its unit; None when it counts something else or cannot be real."""
    number = plain_number(tokens[place])
    if number is None:
        return None
    for row, unit in words.units.get(norms[place + 1] if place + 1 < len(norms) else "", ()):
        if tuple(norms[place + 1 : place + 1 + len(row)]) == row:
            unit = test.same.get(unit, unit)
            fits = test.fits(number, unit)
            return _Value(number, unit, place, place + 1 + len(row)) if fits else None
    following = norms[place + 1] if place + 1 < len(norms) else ""
    if following in words.sets["not_results"] or not test.fits(number, None):
        return None
    return _Value(number, None, place, place + 1)


def _names(norms: list[str], words: _Words) -> list[_Named]:
    """Names of tests, the longest at each place."""
    found: list[_Named] = []
    for place, norm in enumerate(norms):
        if found and place < found[-1].end:
            continue
        for row, test in words.tests.get(norm, ()):
            if tuple(norms[place : place + len(row)]) == row:
                found.append(_Named(test, place, place + len(row)))
                break
    return found


@lru_cache(maxsize=1)
def _words() -> _Words:
    raw = load_words(PATH)
    tests: dict[str, list[tuple[tuple[str, ...], _Test]]] = {}
    for name, item in plain(raw["tests"]).items():
        bounds: dict[str | None, tuple[float, float]] = {
            unit: (float(low), float(high)) for unit, (low, high) in plain(item["units"]).items()
        }
        bounds[None] = (float(item["none"][0]), float(item["none"][1]))
        real = {unit: (float(low), float(high)) for unit, (low, high) in plain(item.get("real")).items()}
        test = _Test(name, bounds, plain(plain(raw["same"]).get(name)), real)
        for words in item["names"]:
            row = _norms(words)
            tests.setdefault(row[0], []).append((row, test))
    units: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for unit, spellings in plain(raw["units"]).items():
        for words in spellings:
            row = _norms(words)
            units.setdefault(row[0], []).append((row, unit))
    sets = {
        name: frozenset(map(str, raw[name]))
        for name in ("not_results", "times", "between", "links", "targets", "targets_before")
    }
    return _Words(_longest_first(tests), _longest_first(units), sets)


def _norms(words: object) -> tuple[str, ...]:
    return tuple(token.norm for token in tokenize(str(words)))


def _longest_first(
    rows: Mapping[str, list[tuple[tuple[str, ...], _V]]],
) -> dict[str, tuple[tuple[tuple[str, ...], _V], ...]]:
    return {first: tuple(sorted(group, key=lambda item: -len(item[0]))) for first, group in rows.items()}
