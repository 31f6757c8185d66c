"""A list to take to the doctor: what to tell, and which tests to ask about."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import wording
from actions.base import CarefulAction, Events, talk_of
from actions.say import assessment_of
from bot.knowledge import load


class ActionDoctorList(CarefulAction):
    """The ask-list in plain names, with what was noted; after an urgent answer only what to tell."""

    def name(self) -> str:
        """As in the domain."""
        return "action_doctor_list"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """One message."""
        talk = talk_of(tracker)
        told = wording.noted(talk.case)
        if talk.red_flag is not None:
            dispatcher.utter_message(response="utter_doctor_list_urgent", told=told)
        elif not talk.is_ready:
            dispatcher.utter_message(response="utter_doctor_list_early")
        else:
            asked = assessment_of(talk).ask_list
            item = wording.words()["item"]
            dispatcher.utter_message(
                response="utter_doctor_list" if asked else "utter_doctor_list_no_test",
                told=told,
                tests="\n".join(item.format(name=test.name, why=test.why) for test in asked),
                preparation=" ".join(load().testing.preparation),
            )
        return []
