"""The words of ``data/durations.yml``, loaded once and made fit for looking up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.clinical.amounts import NumberWords
from bot.clinical.matcher import Matcher
from bot.clinical.patterns import Compiler
from bot.clinical.tokens import tokenize

PATH = Path(__file__).parent / "data" / "durations.yml"
# Words that may stand between the elements of a cue.
_FILLERS = frozenset({"a", "an", "the", "my", "your", "his", "her", "their", "our", "very", "really", "just", "also"})

Rows = Mapping[str, tuple[tuple[tuple[str, ...], float], ...]]


@dataclass(frozen=True)
class TimeWords:
    """Everything the readers of time look up; see the word list for what each part means."""

    numbers: NumberWords
    units: Mapping[str, str]
    unit_days: Mapping[str, float]
    glued: Mapping[str, str]
    plurals: frozenset[str]
    bare_plural: float
    vague: Mapping[str, float]
    deictic: Rows
    lifelong: Rows
    stretch_days: Mapping[tuple[str, str], float]
    weekday_days: float
    clock_days: float
    points: Mapping[str, float]
    ordinals: Mapping[str, float]
    marks_before: Mapping[str, str]
    marks_after: Mapping[str, str]
    sets: Mapping[str, frozenset[str]]
    cues: Matcher
    triggers: frozenset[str]
    starts: frozenset[str]

    def among(self, name: str, norm: str) -> bool:
        """Whether a word belongs to one of the plain lists."""
        return norm in self.sets[name]


_SETS = (
    "inside", "endings", "parts_of_day", "weekdays", "undated", "limits", "new_clause_after_and", "pregnancy_words",
    "purposes", "attributive_treatment", "attributive_other", "attributive_duration", "back_is_body_before",
    "medicine_endings", "beginnings", "counted_through", "ordinal_endings", "lasting_subjects", "alone_with",
    "passing_openers", "illnesses", "patients", "age_hedges", "nth_after",
    "sinces", "before_date", "clock", "stretch_ends", "told_again", "grown_patients", "since_openers", "speakers",
    "goes_on", "count_words", "passing_words", "losses", "habits", "begun", "taking", "whom", "being_on",
    "told_subjects", "present", "sexes", "determiners", "being", "denials", "counted_times",
)  # fmt: skip


@lru_cache(maxsize=1)
def time_words() -> TimeWords:
    """The loaded word list."""
    raw = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    units = {word: name for name, unit in raw["units"].items() for word in unit["words"]}
    days = {name: float(unit["days"]) for name, unit in raw["units"].items()}
    deictic = _rows((row["words"], row["days"]) for row in raw["deictic"])
    lifelong = _rows((words, raw["lifelong"]["days"]) for words in raw["lifelong"]["words"])
    stretches = {
        (first, unit): float(raw["stretch_days"].get(unit, days.get(unit, 1)))
        for first, names in raw["stretches"].items()
        for unit in names
    }
    numbers = _numbers(raw["numbers"])
    vague = {word: float(value) for word, value in raw["vague"].items()}
    sets = {name: frozenset(map(str, raw[name])) for name in _SETS}
    sets["loose_before"] = frozenset(raw["before"]["loose"])
    sets["loose_after"] = frozenset(raw["after"]["loose"])
    sets["back"] = frozenset({raw["back"]})
    phrases = {*vague, *deictic, *lifelong, *sets["weekdays"], *sets["sinces"]}
    return TimeWords(
        numbers=numbers,
        units=units,
        unit_days=days,
        glued=raw["glued_units"],
        plurals=frozenset(word for word in units if word.endswith("s") and len(word) > 2 and word != "mos"),
        bare_plural=float(raw["bare_plural"]),
        vague=vague,
        deictic=deictic,
        lifelong=lifelong,
        stretch_days=stretches,
        weekday_days=float(raw["weekday_days"]),
        clock_days=float(raw["clock_days"]),
        points={word: float(value) for word, value in raw["points"].items()},
        ordinals={word: float(value) for word, value in raw["ordinals"].items()},
        marks_before=raw["before"]["marks"],
        marks_after=raw["after"]["marks"],
        sets=sets,
        cues=_cues(raw),
        triggers=frozenset({*units, *raw["glued_units"], *phrases}),
        starts=frozenset(
            {*units, *phrases, *raw["ordinals"], *numbers.exact, *numbers.loose, *numbers.half, *numbers.articles}
        ),
    )


def _numbers(raw: Mapping[str, Any]) -> NumberWords:
    return NumberWords(
        exact={word: float(value) for word, value in raw["exact"].items()},
        loose={word: float(value) for word, value in raw["loose"].items()},
        half=frozenset(raw["half"]),
        articles=frozenset(raw["articles"]),
        range_joins=frozenset(raw["range_joins"]),
        ands=frozenset(raw["ands"]),
        ofs=frozenset(raw["ofs"]),
        praise=frozenset(raw["praise"]),
    )


def _rows(phrases: Iterable[tuple[str, float]]) -> Rows:
    rows: dict[str, list[tuple[tuple[str, ...], float]]] = {}
    for words, days in phrases:
        norms = tuple(token.norm for token in tokenize(words))
        rows.setdefault(norms[0], []).append((norms, float(days)))
    return {first: tuple(sorted(group, key=lambda row: -len(row[0]))) for first, group in rows.items()}


def _cues(raw: Mapping[str, Any]) -> Matcher:
    compiler = Compiler(raw["families"], fillers=_FILLERS, cut=tokenize)
    patterns = [compiler.compile(source, name) for name, sources in raw["cues"].items() for source in map(str, sources)]
    patterns += [compiler.compile(source, "intermittent") for source in raw["intermittent"]]
    return Matcher(patterns, fillers=_FILLERS)
