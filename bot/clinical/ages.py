"""Ages and weeks of pregnancy in a text, and the words of ``data/profile.yml`` that tell about persons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.clinical.amounts import read_amount
from bot.clinical.time_spans import find_time_spans
from bot.clinical.time_words import time_words
from bot.clinical.tokens import Token, tokenize
from bot.clinical.wordlists import load_words, plain

PATH = Path(__file__).parent / "data" / "profile.yml"
WEEKS_PER_MONTH = 4.345
TERM_WEEKS = 42
OLDEST_YEARS = 115


@dataclass(frozen=True)
class Age:
    """An age at tokens ``[start, end)`` and whose it is: "self", "he" (he or she) or "open"."""

    years: float
    start: int
    end: int
    owner: str


@dataclass(frozen=True)
class PersonWords:
    """What the readers of persons look up; see the word list."""

    relations: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
    young: frozenset[str]
    infants: frozenset[str]
    age_units: Mapping[str, float]
    decades: Mapping[str, float]
    trimesters: Mapping[str, float]
    numbers: Mapping[str, float]
    sets: Mapping[str, frozenset[str]]


_SETS = (
    "own",
    "adjectives",
    "predicates",
    "not_clinical",
    "first_person",
    "worried",
    "own_body",
    "third_person",
    "third_predicates",
)
_AGE_SETS = ("old", "letters", "sexes", "words_before", "copulas", "past", "not_ages", "early", "late", "newborn",
            "hedges", "after_age")  # fmt: skip


@lru_cache(maxsize=1)
def person_words() -> PersonWords:
    """The loaded word list."""
    raw = load_words(PATH)
    relations: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    people: dict[str, dict[str, Any]] = plain(raw["relations"])
    for name, item in people.items():
        for words in item["words"]:
            row = tuple(token.norm for token in tokenize(words))
            relations.setdefault(row[0], []).append((row, name))
    ages, pregnancy = plain(raw["ages"]), plain(raw["pregnancy"])
    sets = {name: frozenset(map(str, raw[name])) for name in _SETS}
    sets |= {name: frozenset(map(str, ages[name])) for name in _AGE_SETS}
    sets["pregnant"], sets["pregnancy_over"] = frozenset(pregnancy["words"]), frozenset(pregnancy["over"])
    sets["trimester"] = frozenset(pregnancy["trimester"])
    return PersonWords(
        relations={first: tuple(sorted(group, key=lambda item: -len(item[0]))) for first, group in relations.items()},
        young=frozenset(name for name, item in people.items() if item.get("young")),
        infants=frozenset(name for name, item in people.items() if item.get("infant")),
        age_units={str(k): float(v) for k, v in plain(ages["units"]).items()},
        decades={str(k): float(v) for k, v in plain(ages["decades"]).items()},
        trimesters={str(k): float(v) for k, v in plain(pregnancy["trimesters"]).items()},
        numbers=time_words().numbers.exact,
        sets=sets,
    )


def find_ages(tokens: Sequence[Token], norms: list[str], words: PersonWords) -> list[Age]:
    """Ages at present in text order; those of the past ("when I was 13") are left out."""
    found: list[Age] = []
    for place, token in enumerate(tokens):
        if place and found and place < found[-1].end:
            continue
        age = _decade(norms, place, words)
        if age is None and (token.text[0].isdigit() or norms[place] in words.numbers):
            age = _age(tokens, norms, place, words)
        if age:
            found.append(age)
    return found


def _age(tokens: Sequence[Token], norms: list[str], place: int, words: PersonWords) -> Age | None:
    amount = read_amount(tokens, place, time_words().numbers)
    if amount is None or not amount.counted or amount.value > OLDEST_YEARS:
        return None
    number = amount.value
    end, factor, certain = _age_unit(norms, amount.end, words)
    before = _at(norms, place - 1)
    years = round(number * factor, 2)
    if before in words.sets["words_before"]:
        return None if _is_past(norms, place - 1, words) else Age(years, place, end, _age_owner(norms, place - 1))
    if certain:
        return None if _is_past(norms, place, words) else Age(years, place, end, _age_owner(norms, place))
    if end > amount.end and factor != 1:
        return Age(years, place, end, "he") if _is_small(norms, place, end, words) else None
    copula = before in words.sets["copulas"] and _at(norms, place - 2) in (
        "i",
        "he",
        "she",
        "who",
        "now",
        *words.relations,
    )
    bracketed = before in ("(", ",") and _at(norms, end) in (")", ",") and _at(norms, place - 2) in words.relations
    if (copula or bracketed) and _at(norms, end) not in words.sets["not_ages"]:
        return Age(years, place, end, _age_owner(norms, place))
    return None


def _is_small(norms: list[str], place: int, end: int, words: PersonWords) -> bool:
    """ "He's only 5 months", said of a child and with nothing behind it ("5 months into chemo")."""
    at = place - 1
    while _at(norms, at) in words.sets["hedges"]:
        at -= 1
    person = _at(norms, at - 1)
    young = person in words.sets["third_person"] or any(
        name in words.young for _, name in words.relations.get(person, ())
    )
    return young and _at(norms, at) in words.sets["copulas"] and _at(norms, end) in ("", *words.sets["after_age"])


def _age_unit(norms: list[str], at: int, words: PersonWords) -> tuple[int, float, bool]:
    """End, years per unit, and whether the words after the number make it an age."""
    at += _at(norms, at) == "-"
    norm = _at(norms, at)
    if (norm in words.sets["letters"] and norm != "y") or norm in words.sets["sexes"]:
        return at + 1, 1.0, True
    factor = words.age_units.get(norm)
    if factor is None:
        return at, 1.0, norm in words.sets["old"]
    following = _at(norms, at + 1)
    if following == "-":
        at, following = at + 1, _at(norms, at + 2)
    if following in words.sets["old"] or following in words.sets["sexes"]:
        return at + 2, factor, True
    if following == "of" and _at(norms, at + 2) == "age":
        return at + 3, factor, True
    if norm == "y" and following in (".", "/") and _at(norms, at + 2) == "o":
        return at + 3, factor, True
    return at + 1, factor, False


def _decade(norms: list[str], place: int, words: PersonWords) -> Age | None:
    """ "in her 60s", "in my early eighties": the middle, or nearer the end that is named."""
    norm = norms[place]
    middle = words.decades.get(norm)
    if (
        middle is None
        and norm.isdecimal()
        and len(norm) == 2
        and norm[1] == "0"
        and _at(norms, place + 1) in ("s", "'s")
    ):
        middle = float(norm) + 5
    if middle is None:
        return None
    before = norms[max(0, place - 4) : place]
    if (
        "in" not in before
        or not {"my", "her", "his", "their", "the"} & {*before}
        or "was" in norms[max(0, place - 5) : place]
    ):
        return None
    shift = -3 if words.sets["early"] & {*before} else 3 if words.sets["late"] & {*before} else 0
    owner = "self" if "my" in before else "he" if {"her", "his"} & {*before} else "open"
    return Age(middle + shift, place, place + 1, owner)


def _is_past(norms: list[str], place: int, words: PersonWords) -> bool:
    """ "when I was 13 years old", "since age 7"."""
    return (
        bool(words.sets["past"] & {*norms[max(0, place - 2) : place]}) and "am" not in norms[max(0, place - 2) : place]
    )


def _age_owner(norms: list[str], place: int) -> str:
    near = norms[max(0, place - 5) : place]
    for norm in reversed(near):
        if norm in ("i", "me", "myself"):
            return "self"
        if norm in ("he", "she"):
            return "he"
        if norm in (".", "!", "?"):
            break
    return "open"


def pregnancy_weeks(tokens: Sequence[Token], norms: list[str], words: PersonWords) -> float | None:
    """Weeks of a present pregnancy; of a named trimester the first week."""
    stated = any(norm in words.sets["pregnant"] for norm in norms)
    trimester = next((i for i, norm in enumerate(norms) if norm in words.sets["trimester"]), None)
    if not stated and trimester is None and not {"along", "gestation", "pregnant"} & {*norms}:
        return None
    if any(_is_over(norms, i, words) for i, norm in enumerate(norms) if norm in words.sets["pregnant"]):
        return None
    for span in find_time_spans(tokens, time_words()):
        if span.unit not in ("week", "month") or span.marks & {
            "age",
            "relative",
            "ago",
            "every",
            "each",
            "past",
            "for",
        }:
            continue
        weeks = span.count if span.unit == "week" else round(span.count * WEEKS_PER_MONTH, 1)
        told = _at(norms, span.first - 1) in words.sets["copulas"] and stated
        if (
            "pregnancy" in span.marks or told or _near_pregnancy(norms, span.first, span.last, words)
        ) and weeks <= TERM_WEEKS:
            return weeks
    if trimester is None:
        return None
    return next((words.trimesters[n] for n in norms[max(0, trimester - 2) : trimester] if n in words.trimesters), None)


def _is_over(norms: list[str], place: int, words: PersonWords) -> bool:
    return bool(words.sets["pregnancy_over"] & {*norms[max(0, place - 3) : place]})


def _near_pregnancy(norms: list[str], first: int, last: int, words: PersonWords) -> bool:
    return bool(words.sets["pregnant"] & {*norms[max(0, first - 4) : first], *norms[last : last + 4]})


def _at(norms: Sequence[str], place: int) -> str:
    return norms[place] if 0 <= place < len(norms) else ""
