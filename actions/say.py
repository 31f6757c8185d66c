"""What several actions say."""

from __future__ import annotations

from rasa_sdk.executor import CollectingDispatcher

from actions import wording
from actions.shown import noted
from bot.knowledge.assess import Assessment, assess
from bot.reading import RedFlag
from bot.talk import UNDOING, Talk


def say_noted(dispatcher: CollectingDispatcher, talk: Talk) -> None:
    """Read back what the last message added, put right or undid; silent if it did none of it."""
    profile = talk.case.profile
    if talk.heard in UNDOING:
        _say_undone(dispatcher, talk)
        return
    mended = [item for item in talk.news if "was" in item or "gone" in item]
    fresh = [item for item in talk.news if item not in mended]
    if whom := wording.moved_to(mended, profile):
        dispatcher.utter_message(response="utter_now_about", whom=whom)
    elif changed := wording.mended(mended, profile):
        dispatcher.utter_message(response="utter_changed", changed=changed)
    if said := wording.told(fresh, profile):
        about = wording.whom(profile)
        if about is None or talk.is_unclear_whom:
            dispatcher.utter_message(response="utter_noted", noted=said)
        else:
            dispatcher.utter_message(response="utter_noted_about", noted=said, whom=about)
    if read := wording.read_freely(fresh):
        dispatcher.utter_message(response="utter_did_i_read_right", readings=read)


def _say_undone(dispatcher: CollectingDispatcher, talk: Talk) -> None:
    payload = {"type": "noted", "noted": noted(talk.case)}
    if talk.heard == "not_undone":
        dispatcher.utter_message(response="utter_nothing_to_undo")
    elif left := wording.noted(talk.case):
        dispatcher.utter_message(response="utter_undone", noted=left, json_message=payload)
    else:
        dispatcher.utter_message(response="utter_undone_all", json_message=payload)


def assessment_of(talk: Talk) -> Assessment:
    """The assessment of all that was told."""
    case = talk.case
    flags = (RedFlag.from_dict(talk.red_flag),) if talk.red_flag else ()
    return assess(
        case.findings,
        case.exposures,
        case.profile,
        signs=case.signs,
        lab_results=case.lab_results,
        flags=flags,
        dealt_with=talk.rules_dealt_with,
    )
