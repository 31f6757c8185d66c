"""The parts of an explanation: links with their grade, tests to ask for, the safety net."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from bot.knowledge.lab_models import BloodTest
from bot.knowledge.ladder import Rung
from bot.knowledge.loading import Knowledge
from bot.knowledge.models import Concept
from bot.reading import Exposure, Finding, Reading

TIERS_WITH_CONCEPT_TESTS = ("T1", "T2")


@dataclass(frozen=True)
class Link:
    """How a symptom is linked with vitamin D: grade and badge, the honest line, what else causes it.

    ``other_causes`` holds at least two, those more common than vitamin D (or likely here) first; ``mentioned`` are
    those of them for which something was told.
    ``note`` is set where the line rests on background knowledge only.
    """

    concept: str
    name: str
    grade: str
    badge: str
    sentence: str
    line: str
    sources: tuple[str, ...]
    verification: str
    other_causes: tuple[str, ...]
    mentioned: tuple[str, ...] = ()
    note: str | None = None


@dataclass(frozen=True)
class AskItem:
    """A test to ask a clinician for, in plain words."""

    id: str
    name: str
    why: str
    sources: tuple[str, ...]


def links_for(reading: Reading, knowledge: Knowledge, *, statuses: Collection[str]) -> tuple[Link, ...]:
    """One link for each concept that is there, in the order said."""
    concepts = dict.fromkeys(finding.concept for finding in reading.findings if finding.status in statuses)
    clues = frozenset(
        {exposure.exposure for exposure in reading.exposures if exposure.status in statuses}
        | {sign.sign for sign in reading.signs if sign.status in statuses}
        | set(concepts)
    )
    return tuple(_link(knowledge.concepts[name], clues, knowledge) for name in concepts if name in knowledge.concepts)


def _link(concept: Concept, clues: frozenset[str], knowledge: Knowledge) -> Link:
    grade = knowledge.grades[concept.grade]
    mentioned = _mentioned(concept, clues, knowledge)
    most = knowledge.ladder.shown_causes
    return Link(
        concept=concept.id,
        name=concept.name,
        grade=concept.grade,
        badge=grade.badge,
        sentence=grade.sentence,
        line=concept.line,
        sources=tuple(concept.sources),
        verification=concept.verification,
        other_causes=tuple(dict.fromkeys([*mentioned, *concept.commoner, *concept.other_causes]))[:most],
        mentioned=mentioned,
        note=knowledge.background_note if concept.verification in ("B", "U") else None,
    )


def _mentioned(concept: Concept, clues: frozenset[str], knowledge: Knowledge) -> tuple[str, ...]:
    """Causes of the concept for which there is a clue, with room left for the commoner ones."""
    likely = (
        cause.name
        for cause in knowledge.causes
        if concept.id in cause.concepts
        and clues.intersection((*cause.exposures, *cause.signs, *cause.findings)) - {concept.id}
    )
    return tuple(likely)[: knowledge.ladder.shown_causes - 2]


def tests_for(
    rung: Rung,
    findings: Iterable[Finding],
    exposures: Iterable[Exposure],
    knowledge: Knowledge,
    *,
    statuses: Collection[str],
) -> tuple[AskItem, ...]:
    """The ask-list: the tier's own tests, then those that the findings and exposures add; none in T0 and T3."""
    tiers = {rung.tier, "T1"} if rung.also_t1 else {rung.tier}
    concepts = {finding.concept for finding in findings if finding.status in statuses}
    there = {exposure.exposure for exposure in exposures if exposure.status in statuses}
    if not tiers & {"T1", "T2", "T4"}:
        return ()
    if not tiers.intersection(TIERS_WITH_CONCEPT_TESTS):
        concepts = set()
    return tuple(_ask(test) for test in knowledge.testing.tests if _wanted(test, tiers, concepts, there))


def _wanted(test: BloodTest, tiers: Collection[str], concepts: Collection[str], exposures: Collection[str]) -> bool:
    named = set(test.concepts) & set(concepts) or set(test.exposures) & set(exposures)
    return bool(set(test.tiers) & set(tiers) or named)


def _ask(test: BloodTest) -> AskItem:
    return AskItem(test.id, test.name, test.why, tuple(test.sources))


def safety_net(findings: Iterable[Finding], knowledge: Knowledge, *, statuses: Collection[str]) -> tuple[str, ...]:
    """When to get help, from the red-flag rules of what is there: the same day, now, and the standing line."""
    frame = knowledge.safety_net
    concepts = dict.fromkeys(finding.concept for finding in findings if finding.status in statuses)
    rules = dict.fromkeys(
        rule for name in concepts if name in knowledge.concepts for rule in knowledge.concepts[name].red_flags
    )
    watches = [knowledge.red_flags[rule].watch for rule in rules]
    same_day = [watch.same_day for watch in watches if watch.same_day][: frame.most]
    now = [watch.now for watch in watches if watch.now][: frame.most]
    lines = []
    if same_day:
        lines.append(frame.same_day.format(watch=f"{frame.joiner} ".join(same_day)))
    if now:
        lines.append(frame.now.format(watch=f"{frame.joiner} ".join(now)))
    return (*lines, frame.always)
