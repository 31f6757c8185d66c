"""Whom a talk is about, where it is not clear: asked once, and what the answer changes. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.knowledge import load
from bot.knowledge.choices import Option, Question
from bot.phrases import found, phrases
from bot.reading import Profile, Reading, Status

WHOM_QUESTION = "whom"
ME, THEM = "me", "them"


def whom_question(case: Reading, asked: Sequence[str]) -> Question | None:
    """The question whether it is about the writer or about the other person, while symptoms of both stand unsorted."""
    if WHOM_QUESTION in asked or not _is_unclear(case):
        return None
    info = load().intake.whom
    relation = case.profile.relation
    options = []
    for option in info.options:
        named = option.id == THEM and relation is not None
        title = info.named_title.format(relation=relation) if named else option.title
        aliases = [*option.aliases, *phrases()["relations"].get(relation, ())] if option.id == THEM else option.aliases
        options.append(Option(option.id, title, aliases=tuple(dict.fromkeys([*aliases, relation or option.id]))))
    return Question(info.id, info.slot, info.kind, tuple(options), info.text, info.text)


def sorted_by(case: Reading, option: str) -> Reading:
    """The case once it is said whom to talk about: the other's age, or the writer's own symptoms, are put aside."""
    if option == ME:
        profile = case.profile
        kept = Profile(
            supplement_iu_day=profile.supplement_iu_day,
            pregnancy_weeks=profile.pregnancy_weeks,
            country=profile.country,
        )
        return replace(case, profile=kept)
    return replace(
        case,
        findings=_not_own(case.findings),
        exposures=_not_own(case.exposures),
        signs=_not_own(case.signs),
    )


def _not_own(items: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(item for item in items if item.status != "present")


def theirs(reading: Reading, case: Reading) -> Reading:
    """What is read as the writer's own, as said of the person whom ``case`` is about."""
    about = case.profile.about if case.profile.about != "self" else "other"
    return replace(moved(reading, "present", "other"), profile=replace(reading.profile, about=about))


def moved(reading: Reading, was: Status, now: Status) -> Reading:
    """The reading with everything of the one status at the other."""

    def of(items: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(replace(item, status=now) if item.status == was else item for item in items)

    return replace(reading, findings=of(reading.findings), exposures=of(reading.exposures), signs=of(reading.signs))


def speaks_of_oneself(text: str) -> bool:
    """Whether the writer says "I" or "my"."""
    return found(text, "first_person") is not None


def _is_unclear(case: Reading) -> bool:
    """Symptoms of the writer's own in a talk that is about somebody else."""
    return case.profile.about != "self" and any(item.status == "present" for item in case.findings)
