"""Findings, exposures and profile in, an assessment out: pure, no text of its own, no diagnosis, no dose."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from bot.knowledge.evaluation import Case
from bot.knowledge.explain import AskItem, Link, links_for, safety_net, tests_for
from bot.knowledge.gate import taken_line
from bot.knowledge.labs import VITAMIN_D_TEST, explained_results
from bot.knowledge.ladder import NOW, Rung, names_of, rung_of, tier_case
from bot.knowledge.loading import ANYWHERE, Knowledge, load
from bot.knowledge.models import Text
from bot.knowledge.reasons import reasons_of
from bot.knowledge.red_flags import case_of, red_flags, urgent_answer
from bot.knowledge.syntax import LEVELS
from bot.reading import Exposure, Finding, LabResult, Profile, Reading, RedFlag, Sign

SEE_A_DOCTOR_LEVEL = "L4"


@dataclass(frozen=True)
class Assessment:
    """The result of an intake. Texts come from the knowledge files, ids are theirs.

    tier: T0 to T4; rule: the tier rule that decided; reason: why that rule; because: short names of what decided;
    reasons: the same with place and duration ("thigh weakness for 2 months"); also_reasons: those of the T1 rule
    ``also_t1`` that holds beside T4; see_doctor: what the L4 flags say, to come first; results: what a vitamin D
    result means; advice: the tier's sentences; ask_list: the tests with their reasons (``tests`` are their ids);
    safety_net: when to get help.
    """

    tier: str
    rule: str
    reason: str
    because: tuple[str, ...]
    reasons: tuple[str, ...]
    findings: tuple[Finding, ...]
    exposures: tuple[Exposure, ...]
    links: tuple[Link, ...]
    see_doctor: tuple[str, ...]
    results: tuple[str, ...]
    advice: tuple[str, ...]
    ask_list: tuple[AskItem, ...]
    safety_net: tuple[str, ...]
    red_flags: tuple[RedFlag, ...]
    also_t1: str | None = None
    also_reasons: tuple[str, ...] = ()

    @property
    def tests(self) -> tuple[str, ...]:
        """Ids of the tests to ask for."""
        return tuple(item.id for item in self.ask_list)

    def to_payload(self) -> dict[str, Any]:
        """The ``custom`` payload of the contract, section 3."""
        return {
            "type": "assessment",
            "tier": self.tier,
            "rule": self.rule,
            "reason": self.reason,
            "because": [*self.reasons, *self.also_reasons],
            "findings": [finding.to_dict() for finding in self.findings],
            "exposures": [exposure.to_dict() for exposure in self.exposures],
            "links": [
                {
                    "concept": link.concept,
                    "grade": link.grade,
                    "sources": list(link.sources),
                    "verification": link.verification,
                    "other_causes": list(link.other_causes),
                    "mentioned": list(link.mentioned),
                }
                for link in self.links
            ],
            "tests": list(self.tests),
            "safety_net": list(self.safety_net),
            "red_flags": [flag.to_dict() for flag in self.red_flags],
        }


def assess(
    findings: Sequence[Finding],
    exposures: Sequence[Exposure],
    profile: Profile,
    *,
    signs: Sequence[Sign] = (),
    lab_results: Sequence[LabResult] = (),
    flags: Sequence[RedFlag] = (),
    dealt_with: Collection[str] = (),
) -> Assessment:
    """The tier and all that is to be said. ``flags``: red flags raised earlier in the talk, which are never
    lowered; ``dealt_with``: ids of red-flag rules that somebody has seen to, which no longer stop the ladder.
    Raises KnowledgeError if the data are broken.
    """
    knowledge = load()
    reading = Reading(
        findings=tuple(findings),
        exposures=tuple(exposures),
        signs=tuple(signs),
        lab_results=tuple(lab_results),
        profile=profile,
    )
    raised = _highest_of_each([flag for flag in (*flags, *red_flags(reading)) if flag.id not in dealt_with])
    rung = rung_of(reading, raised)
    urgent = rung.tier == "T0"
    return Assessment(
        tier=rung.tier,
        rule=rung.rule,
        reason=next(rule.reason for rule in knowledge.ladder.rules if rule.id == rung.rule),
        because=() if urgent else names_of(rung.evidence, knowledge),
        reasons=() if urgent else reasons_of(rung.evidence, knowledge),
        findings=reading.findings,
        exposures=reading.exposures,
        links=() if urgent else links_for(reading, knowledge, statuses=NOW),
        see_doctor=() if urgent else _see_doctor(raised),
        results=() if urgent else explained_results(reading.lab_results, knowledge),
        advice=_advice(rung, reading, raised, knowledge),
        ask_list=tests_for(rung, reading.findings, reading.exposures, knowledge, statuses=NOW),
        safety_net=safety_net(reading.findings, knowledge, statuses=NOW),
        red_flags=raised,
        also_t1=rung.also_t1,
        also_reasons=() if urgent else reasons_of(rung.also_evidence, knowledge),
    )


def _highest_of_each(flags: Sequence[RedFlag]) -> tuple[RedFlag, ...]:
    best: dict[str, RedFlag] = {}
    for flag in sorted(flags, key=lambda flag: LEVELS.index(flag.level)):
        best.setdefault(flag.id, flag)
    return tuple(best.values())


def _see_doctor(flags: Sequence[RedFlag]) -> tuple[str, ...]:
    return tuple(urgent_answer(flag).text for flag in flags if flag.level == SEE_A_DOCTOR_LEVEL)


def _advice(rung: Rung, reading: Reading, flags: Sequence[RedFlag], knowledge: Knowledge) -> tuple[str, ...]:
    info = knowledge.ladder.tiers[rung.tier]  # type: ignore[index]
    tested = any(result.test == VITAMIN_D_TEST for result in reading.lab_results)
    lines: list[str] = list(info.say)
    if tested and info.had_test:
        lines = [*info.say, info.had_test] if rung.tier == "T4" else [info.had_test]
    if rung.tier != "T0" and (taken := taken_line(reading.profile, knowledge)):
        lines.insert(0, taken)
    own, whole = tier_case(reading, flags), case_of(reading)
    lines += [
        note.say
        for note, test in knowledge.notes
        if rung.tier in note.tiers and test(whole if note.everybody else own) is not None
    ]
    if rung.tier == "T3":
        lines.append(_supplement(whole, knowledge, reading.profile.country))
    if rung.also_t1:
        lines.append(knowledge.ladder.with_t1)
    return tuple(lines)


def _supplement(case: Case, knowledge: Knowledge, country: str | None) -> Text:
    """General national advice on a standard supplement, for whom the talk is about; never a dose for a person."""
    say = next(advice.say for advice, test in knowledge.supplement if test(case) is not None)
    return say.get(country or ANYWHERE, say[ANYWHERE])
