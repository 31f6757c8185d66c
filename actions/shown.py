"""What a page shows beside the words: what was understood so far, how far the intake is, the result as a card.

Additions to the payloads of the contract (section 3); the words are those of the knowledge base and ``wording.yml``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from actions import wording
from bot.knowledge import load
from bot.knowledge.assess import Assessment
from bot.knowledge.choices import Question
from bot.reading import Exposure, Finding, Profile, Reading
from bot.talk import Talk, to_ask

SHOWN = ("present", "past", "other")  # what somebody denied or merely fears is no chip


def noted(case: Reading) -> list[dict[str, Any]]:
    """Each finding and exposure that is there, in the order said, with the messages that correct it.

    ``{"kind", "id", "name", "status", "place", "body", "side", "duration", "duration_days", "corrections"}``;
    an exposure has no place and no duration. ``corrections``: ``remove``, and for a finding ``place`` and ``duration``
    with ``{place}`` and ``{duration}`` to be filled in.
    """
    findings = [_finding(item, case.profile) for item in case.findings if item.status in SHOWN]
    return [*findings, *(_exposure(item, case.profile) for item in case.exposures if item.status in SHOWN)]


def _finding(item: Finding, profile: Profile) -> dict[str, Any]:
    info = load().concepts.get(item.concept)
    return {
        "kind": "finding",
        "id": item.concept,
        "name": wording.finding(replace(item, body=(), side=None, duration_days=None), profile),
        "status": item.status,
        "place": wording.place(item),
        "body": list(item.body),
        "side": item.side,
        "duration": "" if item.duration_days is None else wording.duration(item.duration_days),
        "duration_days": item.duration_days,
        "corrections": wording.corrections("finding", item.concept, info.name if info else item.span),
    }


def _exposure(item: Exposure, profile: Profile) -> dict[str, Any]:
    return {
        "kind": "exposure",
        "id": item.exposure,
        "name": wording.exposure(item, profile),
        "status": item.status,
        "corrections": wording.corrections("exposure", item.exposure, wording.exposure_name(item.exposure)),
    }


def progress(talk: Talk) -> dict[str, int]:
    """``{"step", "of"}``: the question being asked, and how many there are as things stand ("2 of about 5")."""
    ahead = talk
    while (question := to_ask(ahead)) is not None:
        ahead = replace(ahead, asked=[*ahead.asked, question.id])
    return {"step": len(talk.asked) + 1, "of": max(len(ahead.asked), len(talk.asked) + 1)}


def exclusive(question: Question) -> list[str]:
    """Titles of the options that go with no other: none of these, not sure."""
    return [option.title for option in question.options if option.none or option.unsure]


def card(assessment: Assessment, case: Reading) -> dict[str, Any]:
    """The whole result with its words, for a card and a printed page; sources in the order of their numbers."""
    cited: list[str] = []
    for link in assessment.links:
        wording.marks(link.sources, cited)
    known = load().sources
    return {
        "title": load().ladder.tiers[assessment.tier].name,  # type: ignore[index]
        "because": wording.decisive(assessment.because, case),
        "see_doctor": list(assessment.see_doctor),
        "results": list(assessment.results),
        "links": [
            {
                "concept": link.concept,
                "name": link.name,
                "grade": link.grade,
                "badge": link.badge,
                "meaning": link.sentence,
                "line": wording.joined([link.line, link.note or ""], "sentences"),
                "other_causes": list(wording.other_causes(link)),
                "sources": [cited.index(source) + 1 for source in link.sources],
            }
            for link in assessment.links
        ],
        "advice": list(assessment.advice),
        "tests": [{"id": test.id, "name": test.name, "why": test.why} for test in assessment.ask_list],
        "safety_net": list(assessment.safety_net),
        "sources": [{"id": name, "text": known[name].text, "url": known[name].url} for name in cited if name in known],
    }
