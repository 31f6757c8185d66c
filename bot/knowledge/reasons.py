"""What decided a result, in words: "thigh weakness (left thigh) for 2 months". Words are those of tiers.yml."""

from __future__ import annotations

from collections.abc import Iterable

from bot.knowledge.ladder_models import ReasonWords
from bot.knowledge.loading import Knowledge
from bot.reading import Exposure, Finding

DIGITS = 1  # a part of a unit is shown to one decimal at most, and only where it is needed


def reasons_of(evidence: Iterable[object], knowledge: Knowledge) -> tuple[str, ...]:
    """One text for each finding and exposure of the evidence, each once: name, place and duration as far as known."""
    said = []
    for item in evidence:
        if isinstance(item, Finding) and item.concept in knowledge.concepts:
            said.append(_finding(item, knowledge.concepts[item.concept].name, knowledge.ladder.reasons))
        elif isinstance(item, Exposure) and item.exposure in knowledge.exposures:
            said.append(knowledge.exposures[item.exposure].name)
    return tuple(dict.fromkeys(said))


def _finding(item: Finding, name: str, words: ReasonWords) -> str:
    place = ", ".join(item.body)
    if place and item.side:
        place = words.side[item.side].format(place=place)
    text = words.place.format(name=name, place=place) if place else name
    return (
        text if item.duration_days is None else words.lasting.format(name=text, time=time_of(item.duration_days, words))
    )


def time_of(days: float, words: ReasonWords) -> str:
    """A length of time in the longest unit that fits: 60 days are "2 months", 42 days "6 weeks"."""
    unit = next((unit for unit in words.units if days >= unit.at_least), words.units[-1])
    count = round(days / unit.days, 0 if days >= unit.days else DIGITS)
    return f"{count:g} {unit.one if count == 1 else unit.many}"
