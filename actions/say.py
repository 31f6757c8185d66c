"""What several actions say."""

from __future__ import annotations

from collections.abc import Iterator

from rasa_sdk.executor import CollectingDispatcher

from actions import wording
from bot.knowledge import load
from bot.knowledge.assess import Assessment, assess
from bot.knowledge.explain import Link
from bot.reading import Exposure, Finding, Reading, RedFlag
from bot.talk import Talk


def say_noted(dispatcher: CollectingDispatcher, talk: Talk) -> None:
    """Read back what the last message added; silent if it added nothing."""
    news = Reading(
        findings=tuple(Finding.from_dict(item) for item in talk.news if "concept" in item),
        exposures=tuple(Exposure.from_dict(item) for item in talk.news if "exposure" in item),
        profile=talk.case.profile,
    )
    if said := wording.noted(news):
        dispatcher.utter_message(response="utter_noted", noted=said)


def assessment_of(talk: Talk) -> Assessment:
    """The assessment of all that was told."""
    case = talk.case
    flags = (RedFlag.from_dict(talk.red_flag),) if talk.red_flag else ()
    return assess(
        case.findings, case.exposures, case.profile, signs=case.signs, lab_results=case.lab_results, flags=flags
    )


def other_causes(link: Link) -> Iterator[str]:
    """What else causes a symptom, marked where something that points to it was told."""
    for cause in link.other_causes:
        yield load().ladder.mentioned.format(cause=cause) if cause in link.mentioned else cause
