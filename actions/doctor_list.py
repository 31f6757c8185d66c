"""A list to take to the doctor: what to tell, and which tests to ask about."""

from __future__ import annotations

from datetime import datetime, timezone

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import wording
from actions.base import CarefulAction, Events, talk_of
from actions.say import assessment_of
from bot.knowledge import load
from bot.summary import summary_of


class ActionDoctorList(CarefulAction):
    """The ask-list in plain names, with what was noted; after an urgent answer only what to tell.

    The whole summary, as plain text and as FHIR, goes with it for the page, except after an urgent answer: then nothing
    is to be read or printed first.
    """

    def name(self) -> str:
        """As in the domain."""
        return "action_doctor_list"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """One message."""
        talk = talk_of(tracker)
        if talk.red_flag is not None:
            told = wording.noted_beside_urgent(talk.case)
            dispatcher.utter_message(response="utter_doctor_list_urgent", told=told)
            return []
        told = wording.noted(talk.case)
        summary = summary_of(talk, datetime.now(timezone.utc))
        if summary is None:
            dispatcher.utter_message(response="utter_doctor_list_early")
        elif not talk.is_ready:
            dispatcher.utter_message(response="utter_doctor_list_unfinished", told=told, json_message=summary.payload())
        else:
            asked = assessment_of(talk).ask_list
            item = wording.words()["item"]
            dispatcher.utter_message(
                response="utter_doctor_list" if asked else "utter_doctor_list_no_test",
                told=told,
                tests="\n".join(item.format(name=test.name, why=test.why) for test in asked),
                preparation=" ".join(load().testing.preparation),
                json_message=summary.payload(),
            )
        return []
