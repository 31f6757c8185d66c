"""What was told outside the intake and starts none: read it back, and say what is missing."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import slots
from actions.base import CarefulAction, Events, message_of, set_slots, talk_of
from actions.say import say_noted
from actions.shown import noted
from bot.talk import CORRECTING_INTENT, SYMPTOM_QUESTION, Message, Talk


class ActionTakeNote(CarefulAction):
    """Answers what cannot be worked with yet: no symptom, or nothing that was understood."""

    def name(self) -> str:
        """As in the domain."""
        return "action_take_note"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """After this the question for a symptom counts as asked."""
        talk = talk_of(tracker)
        say_noted(dispatcher, talk)
        response = _response(talk, message_of(tracker))
        payload = {"type": "noted", "noted": noted(talk.case)}
        dispatcher.utter_message(response=response, json_message=payload)
        asked = talk.asked
        if talk.has_substance and not talk.has_symptom:
            asked = list(dict.fromkeys([*asked, SYMPTOM_QUESTION]))
        return set_slots(**{slots.NEWS: [], slots.ASKED: asked})


def _response(talk: Talk, message: Message) -> str:
    if talk.heard == "corrected" and talk.has_symptom:
        return "utter_anything_else"
    if talk.heard == "nothing":
        if message.intent == CORRECTING_INTENT:
            return "utter_correct_how"
        if talk.result_given:
            return "utter_anything_else"
        return "utter_say_it_again" if talk.misunderstood < 2 else "utter_way_out"
    return "utter_no_symptom_yet" if talk.has_substance else "utter_which_symptom"
