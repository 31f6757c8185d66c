"""The red-flag rules over a reading: which hold, at what level, and the words that set them off.

Deterministic, and the same for the channel's gate, the policy and the assessment. Section 4 of the
knowledge base; the rules themselves are data (``data/red_flags.yml``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.knowledge.evaluation import Case, Evidence, prepare
from bot.knowledge.loading import Knowledge, load
from bot.knowledge.models import Lab
from bot.knowledge.syntax import LEVELS
from bot.reading import LabResult, Level, Reading, RedFlag

ASK = "ASK"


@dataclass(frozen=True)
class UrgentAnswer:
    """What to say for a flag: action and number first, nothing about vitamin D as a cause."""

    level: Level
    rule: str
    text: str


def red_flags(reading: Reading) -> tuple[RedFlag, ...]:
    """The rules that hold for what is said, one flag a rule at its highest level; highest level first.

    A present sign named like a rule ("RF-06") is that rule's own phrasing and sets it off at its header's
    level; "RF-06:L2" at the level given (an unsure answer). Raises KnowledgeError if the data are broken.
    """
    knowledge = load()
    best: dict[str, RedFlag] = {}
    for clause, evidence in knowledge.red_flag_index.holding(case_of(reading)):
        if clause.outcome != ASK:
            _keep(best, _flag(clause.rule, clause.outcome, evidence))
    for flag in _named(reading, knowledge):
        _keep(best, flag)
    order = knowledge.red_flag_index.order
    return tuple(sorted(best.values(), key=lambda flag: (LEVELS.index(flag.level), order[flag.id])))


def direct_questions(reading: Reading) -> tuple[str, ...]:
    """Ids of the rules whose direct question is due (thoughts of suicide), unless the rule already holds."""
    holding = list(load().red_flag_index.holding(case_of(reading)))
    certain = {clause.rule for clause, _ in holding if clause.outcome != ASK}
    due = [clause.rule for clause, _ in holding if clause.outcome == ASK]
    return tuple(rule for rule in dict.fromkeys(due) if rule not in certain)


def urgent_answer(flag: RedFlag) -> UrgentAnswer:
    """The rule's own words at its header's level, else the level's words and the rule's advice.

    A learned flag is no certain reading: its level's words and no rule's, but for thoughts of suicide (L0).
    Raises KeyError for a rule or level that does not exist.
    """
    knowledge = load()
    rule = knowledge.red_flags[flag.id]
    if flag.learned and flag.level != LEVELS[0]:
        return UrgentAnswer(flag.level, flag.id, f"{knowledge.levels[flag.level].say} {knowledge.learned}")
    if flag.level == rule.level:
        return UrgentAnswer(flag.level, flag.id, rule.say)
    words = [knowledge.levels[flag.level].say, rule.advice]
    return UrgentAnswer(flag.level, flag.id, " ".join(part for part in words if part))


def case_of(reading: Reading, **more: Any) -> Case:
    """The reading prepared for the rules; ``more`` are further fields of Case."""
    knowledge = load()
    labs = lab_values(reading.lab_results, knowledge) if reading.lab_results else {}
    return prepare(
        reading.findings,
        reading.exposures,
        reading.signs,
        reading.profile,
        knowledge.conventions,
        labs=labs,
        **more,
    )


def lab_values(results: Iterable[LabResult], knowledge: Knowledge) -> dict[str, tuple[float, ...]]:
    """Results by the name rules use, in the rules' unit; a result whose unit stays unknown is left out."""
    values: dict[str, tuple[float, ...]] = {}
    for result in results:
        for name, lab in knowledge.notation.labs.items():
            if result.test in lab.tests:
                value = _converted(result, lab)
                if value is not None:
                    values[name] = (*values.get(name, ()), value)
    return values


def _converted(result: LabResult, lab: Lab) -> float | None:
    if lab.nmol_per_l:
        return result.nmol_per_l
    if result.unit is None:
        return _without_unit(result.value, lab)
    unit = result.unit.casefold().replace(" ", "")
    factors = [known.factor for known in lab.units if unit in known.names]
    return result.value * factors[0] if factors else None


def _without_unit(value: float, lab: Lab) -> float | None:
    if lab.no_unit is None:
        return None
    factor = lab.no_unit.factor if value <= lab.no_unit.up_to else lab.no_unit.above
    return None if factor is None else value * factor


def _named(reading: Reading, knowledge: Knowledge) -> Iterable[RedFlag]:
    for sign in reading.signs:
        rule, _, level = sign.sign.partition(":")
        if rule in knowledge.red_flags and sign.status in ("present", "other"):
            yield _flag(rule, level or knowledge.red_flags[rule].level, (sign,))


def _keep(best: dict[str, RedFlag], flag: RedFlag) -> None:
    if flag.id not in best or LEVELS.index(flag.level) < LEVELS.index(best[flag.id].level):
        best[flag.id] = flag


def _flag(rule: str, level: Any, evidence: Evidence) -> RedFlag:
    for item in evidence:
        if item.span:
            return RedFlag(id=rule, level=level, span=item.span, start=item.start, end=item.end)
    return RedFlag(id=rule, level=level)
