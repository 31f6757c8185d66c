"""The test-advice ladder: which tier a case reaches, by which rule, because of what (section 5.2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.knowledge.evaluation import Case, Evidence
from bot.knowledge.loading import Knowledge, load
from bot.knowledge.red_flags import case_of
from bot.knowledge.syntax import LEVELS
from bot.reading import Exposure, Finding, Profile, Reading, RedFlag

AGE65_YEARS = 65  # section 5.2: an age from 65 given as a number is the exposure age65
COUNTED_WEIGHTS = ("major", "moderate")
NOW = ("present", "other")


@dataclass(frozen=True)
class Rung:
    """Where on the ladder: tier, the rule that decided, the mentions that made it hold; ``also_t1``
    carries the T1 rule that holds as well when safety (T4) comes first, ``also_evidence`` what made it hold."""

    tier: str
    rule: str
    evidence: Evidence
    also_t1: str | None = None
    also_evidence: Evidence = ()


def rung_of(reading: Reading, flags: Sequence[RedFlag]) -> Rung:
    """The first tier rule that holds, in file order; pure. T3 always holds."""
    knowledge = load()
    case = tier_case(reading, flags)
    holding = list(knowledge.tier_index.holding(case))
    clause, evidence = holding[0]
    t1 = [(other.rule, because) for other, because in holding if other.outcome == "T1"]
    also, also_evidence = t1[0] if clause.outcome == "T4" and t1 else (None, ())
    return Rung(clause.outcome, clause.rule, evidence, also, also_evidence)


def tier_case(reading: Reading, flags: Sequence[RedFlag]) -> Case:
    """The reading as the ladder sees it: one person's findings and exposures, weights counted."""
    knowledge = load()
    subject = _of_subject(reading, knowledge)
    plain = case_of(subject)
    dropped = {concept for concept, test in knowledge.discounts if test(plain) is not None}
    findings = tuple(finding for finding in subject.findings if finding.concept not in dropped)
    counted = counted_exposures(subject.exposures, subject.profile, knowledge)
    highest = min((flag.level for flag in flags), key=LEVELS.index, default=None)
    return case_of(replace(subject, findings=findings), counted=counted, red_flag=highest)


def counted_exposures(
    exposures: Iterable[Exposure], profile: Profile, knowledge: Knowledge
) -> dict[str, tuple[Exposure, ...]]:
    """The exposures that count as major and as moderate: ``count_once`` groups once, at their highest weight."""
    ladder = knowledge.ladder
    now = {
        exposure.exposure: exposure
        for exposure in exposures
        if exposure.exposure in knowledge.exposures and _counts_now(exposure, knowledge)
    }
    if profile.age is not None and profile.age >= AGE65_YEARS:
        now.setdefault("age65", Exposure("age65"))
    weights = {
        name: knowledge.exposures[name].weight
        for name in now
        if name not in ladder.not_counted and knowledge.exposures[name].weight in COUNTED_WEIGHTS
    }
    for group in ladder.count_once:
        members = sorted((name for name in group if name in weights), key=lambda name: _rank(weights[name]))
        for name in members[1:]:
            del weights[name]
    return {weight: tuple(now[name] for name in weights if weights[name] == weight) for weight in COUNTED_WEIGHTS}


def _rank(weight: str) -> int:
    return COUNTED_WEIGHTS.index(weight)


def _counts_now(exposure: Exposure, knowledge: Knowledge) -> bool:
    past = exposure.status == "past" and exposure.exposure in knowledge.notation.past_counts
    return exposure.status in NOW or past


def _of_subject(reading: Reading, knowledge: Knowledge) -> Reading:
    """What is said of the person the talk is about (section 5.2, readings 2 and 11)."""
    if reading.profile.about == "self":
        if any(finding.status == "present" for finding in reading.findings):
            return replace(
                reading,
                findings=_own(reading.findings),
                exposures=_own(reading.exposures),
                signs=_own(reading.signs),
            )
        return reading
    if reading.profile.about == "infant":
        own = knowledge.ladder.infant_own
        babys = tuple(item for item in reading.exposures if item.status == "other" or item.exposure in own)
        return replace(reading, exposures=babys)
    return reading


def _own(items: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(item for item in items if item.status != "other")


def names_of(evidence: Evidence, knowledge: Knowledge) -> tuple[str, ...]:
    """Short names of the findings and exposures in the evidence, each once."""
    names = []
    for item in evidence:
        if isinstance(item, Finding):
            names.append(knowledge.concepts[item.concept].name)
        elif isinstance(item, Exposure):
            names.append(knowledge.exposures[item.exposure].name)
    return tuple(dict.fromkeys(names))
