"""A place named alone ("legs", "my left calf"), the question what is felt there, and what the answer says. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.knowledge.choices import Option, Question, resolve_answer
from bot.knowledge.loading import load
from bot.phrases import phrases, pieces, plain
from bot.reading import Finding, Reading, Side, Status

MOST_WORDS = 6  # of an answer that names a feeling among other words: "they just hurt a lot"
LONGEST_NAME = 2  # words of a place: "lower back"


@dataclass(frozen=True)
class Place:
    """Parts of the body in the words of the interface, and the side."""

    body: tuple[str, ...]
    side: Side | None = None

    @classmethod
    def from_slot(cls, value: Mapping[str, Any]) -> Place:
        """From ``to_slot``."""
        return cls(tuple(value["body"]), value["side"])

    def to_slot(self) -> dict[str, Any]:
        """JSON-ready."""
        return {"body": list(self.body), "side": self.side}


def place_alone(text: str) -> Place | None:
    """The place that the message, or one part of a list of short answers, consists of; None for anything else."""
    return next((place for part in (text, *pieces(text)) if (place := _place(plain(part).split()))), None)


def _place(words: Sequence[str]) -> Place | None:
    names = {tuple(plain(word).split()): body for body, known in load().intake.feeling.places.items() for word in known}
    sides: Mapping[str, Side] = phrases()["sides"]
    body: list[str] = []
    side: Side | None = None
    position = 0
    while position < len(words):
        size = next((n for n in range(LONGEST_NAME, 0, -1) if tuple(words[position : position + n]) in names), 0)
        if size:
            body.append(names[tuple(words[position : position + size])])
        elif words[position] in sides:
            side = sides[words[position]]
        elif words[position] not in phrases()["beside_a_place"]:
            return None
        position += size or 1
    return Place(tuple(dict.fromkeys(body)), side) if body else None


def feeling_question(place: Place, about: str) -> Question:
    """What is felt there; each option adds the symptom that the feeling is in that place."""
    info = load().intake.feeling
    status: Status = "present" if about == "self" else "other"
    options = [
        Option(
            feeling.id,
            feeling.title,
            Reading(findings=(Finding(_concept(feeling, place), status=status, body=place.body, side=place.side),)),
            aliases=tuple(feeling.words),
        )
        for feeling in info.options
    ]
    options.append(Option("not_sure", load().intake.unsure.title, unsure=True))
    return Question(info.id, info.slot, info.kind, tuple(options), info.text, info.short)


def feeling_in(question: Question, text: str) -> tuple[Option, ...]:
    """The options that a short answer names among other words: "they just hurt"."""
    said = f" {plain(text)} "
    if len(said.split()) > MOST_WORDS:
        return ()
    named = [o for o in question.options if any(f" {plain(word)} " in said for word in o.aliases)]
    return tuple(named) if len(named) == 1 and not resolve_answer(question, text) else ()


def felt_at(place: Place, reading: Reading) -> Reading:
    """The reading with the place for the symptoms that have one and were told without."""
    placed = load().intake.location.concepts
    findings = tuple(
        replace(finding, body=place.body, side=finding.side or place.side)
        if finding.concept in placed and not finding.body
        else finding
        for finding in reading.findings
    )
    return replace(reading, findings=findings)


def _concept(feeling: Any, place: Place) -> str:
    return next((feeling.at[body] for body in place.body if body in feeling.at), str(feeling.concept))
