"""The answer to a question: what is known of the claim, symptom or exposure named, else the topic's general answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.knowledge.claim_models import Answer, Claim
from bot.knowledge.gate import Gate, gate_of
from bot.knowledge.loading import Knowledge, load
from bot.knowledge.models import Concept, ExposureInfo
from bot.reading import Reading

MOST_WORDS = 90  # a whole answer, everything included (the promise of the contract's topics)
FRAME_WORDS = 7  # most that the responses themselves add to a part, beside a number for each source
MOST_CAUSES = 4
LEAST_CAUSES = 2  # an answer about a symptom names at least two other causes, a commoner one first
GATED = ("dose", "too_much", "side_effects", "forms")  # topics before which the supplement gate speaks
ENOUGH_BY_LINE = ("symptoms", "cause", "definition")  # these topics add nothing to a symptom's own line
DENIED = "absent"


@dataclass(frozen=True)
class Part:
    """One thing that is said. ``kind``: claim, link, link_only, exposure, exposure_only, gate or general.

    ``grades``: grade ids; ``badge``: how they read; ``end``: what the topic adds; ``causes``: other causes.
    """

    kind: str
    name: str
    text: str
    sources: tuple[str, ...]
    id: str = ""
    grades: tuple[str, ...] = ()
    badge: str = ""
    end: str = ""
    note: str = ""
    causes: tuple[str, ...] = ()

    @property
    def words(self) -> int:
        """At most so many words are shown."""
        shown = (self.name, self.badge, self.text, self.end, self.note, *self.causes)
        return FRAME_WORDS + len(self.sources) + sum(len(text.split()) for text in shown)


@dataclass(frozen=True)
class Answered:
    """A whole answer; ``topic`` is the question's topic, or that of the claim it is about."""

    topic: str
    parts: tuple[Part, ...]
    gate: Gate | None = None

    def payload(self, cited: list[str]) -> dict[str, Any]:
        """The contract's ``answer`` payload; ``cited``: source ids in the order of their numbers."""
        grades = {kind: [part for part in self.parts if part.kind.startswith(kind)] for kind in ("claim", "link")}
        return {
            "type": "answer",
            "topic": self.topic,
            "sources": cited,
            "claims": [
                {"id": part.id, "verdict": load().claims[part.id].verdict, "grades": list(part.grades)}
                for part in grades["claim"]
            ],
            "links": [
                {"concept": part.id, "grade": part.grades[0], "sources": list(load().concepts[part.id].sources)}
                for part in grades["link"]
            ],
            "gate": None if self.gate is None else {"closed": self.gate.closed},
            "exposures": [part.id for part in self.parts if part.kind.startswith("exposure")],
        }


def answer_to(text: str, reading: Reading, topic: str, case: Reading | None = None) -> Answered:
    """What is to be said to a question of that topic, in at most 90 words. Topics are those of answers.yml.

    ``case``: all that was told so far; with it the supplement gate speaks first, and alone where it is closed.
    """
    knowledge = load()
    claim = knowledge.claim_index.asked_about(text, reading, topic)
    if claim is not None:
        fitting = topic if topic in claim.topics else claim.topics[0]
        return Answered(fitting, (_claim_part(claim, knowledge),))
    answer = knowledge.answers[topic]
    gate = gate_of(case) if case is not None and topic in GATED else None
    if gate is not None:
        first = Part("gate", "", gate.say, gate.sources)
        rest = () if gate.closed else (Part("general", "", answer.short, tuple(answer.sources)),)
        return Answered(topic, (first, *rest), gate)
    named = list(_named(reading, answer, knowledge))
    return Answered(topic, tuple(_fitted(named)) or (Part("general", "", answer.text, tuple(answer.sources)),))


def _claim_part(claim: Claim, knowledge: Knowledge) -> Part:
    badges = (
        knowledge.grades[item.grade].badge + (f" ({item.of})" if item.of else "")  # the part it belongs to
        for item in claim.grades
    )
    return Part(
        "claim",
        knowledge.verdicts[claim.verdict],
        claim.say,
        tuple(claim.sources),
        id=claim.id,
        grades=tuple(item.grade for item in claim.grades),
        badge=", ".join(badges),
        note=_note(claim.verification, knowledge),
    )


def _named(reading: Reading, answer: Answer, knowledge: Knowledge) -> Iterator[Part]:
    for concept in dict.fromkeys(f.concept for f in reading.findings if f.status != DENIED):
        if concept in knowledge.concepts:
            yield _link_part(knowledge.concepts[concept], answer, knowledge)
    for name in dict.fromkeys(e.exposure for e in reading.exposures if e.status != DENIED and e.span):
        if name in knowledge.exposures:
            yield _exposure_part(knowledge.exposures[name], answer, knowledge)


def _link_part(concept: Concept, answer: Answer, knowledge: Knowledge) -> Part:
    plain = answer.topic in ENOUGH_BY_LINE
    part = Part(
        "link",
        concept.name,
        concept.line,
        tuple(dict.fromkeys([*concept.sources, *([] if plain else answer.sources)])),
        id=concept.id,
        grades=(concept.grade,),
        badge=knowledge.grades[concept.grade].badge,
        end="" if plain else answer.by_grade.get(concept.grade, answer.short),
        note=_note(concept.verification, knowledge),
    )
    causes = tuple(dict.fromkeys([*concept.commoner, *concept.other_causes]))[:MOST_CAUSES]
    fuller = (_with(part, causes=causes[:count]) for count in range(len(causes), LEAST_CAUSES - 1, -1))
    shorter = _with(part, end="", causes=causes[:LEAST_CAUSES])
    return next((longer for longer in fuller if longer.words <= MOST_WORDS), shorter)


def _exposure_part(info: ExposureInfo, answer: Answer, knowledge: Knowledge) -> Part:
    plain = answer.topic in ENOUGH_BY_LINE and not answer.by_kind
    return Part(
        "exposure",
        info.name,
        info.line,
        tuple(dict.fromkeys([*info.sources, *([] if plain else answer.sources)])),
        id=info.id,
        end=_end(info, answer, knowledge),
        note=_note(info.verification, knowledge),
    )


def _end(info: ExposureInfo, answer: Answer, knowledge: Knowledge) -> str:
    kinds = (kind for kind, members in knowledge.exposure_kinds.items() if info.id in members)
    for kind in (info.id, *kinds, info.weight):
        if kind in answer.by_kind:
            return answer.by_kind[kind]
    return "" if answer.topic in ENOUGH_BY_LINE else answer.short


def _note(verification: str, knowledge: Knowledge) -> str:
    return knowledge.background_note if verification in ("B", "U") else ""


def _fitted(parts: list[Part]) -> Iterator[Part]:
    """The first in full, the others as far as there is room; each at least by its name and badge."""
    left = MOST_WORDS
    for place, part in enumerate(parts):
        brief = _with(part, kind=f"{part.kind}_only", text="", end="", note="", causes=())
        shown = part if place == 0 or part.words <= left else brief
        if place and shown.words > left:
            return
        left -= shown.words
        yield shown


def _with(part: Part, **changes: Any) -> Part:
    return Part(**{**vars(part), **changes})
