"""The intake form's questions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import slots
from actions.base import CarefulAction, Events, message_of, set_slots, talk_of
from actions.say import say_noted
from actions.shown import exclusive, noted, progress
from actions.validate_intake_form import SET_ASIDE
from bot.knowledge import load
from bot.knowledge.choices import Question
from bot.knowledge.intake import main_complaint
from bot.talk import DURATION_SLOT, EXPOSURE_SLOT, LOCATION_SLOT, SAID_OF_SOMEBODY, Message, Talk, to_ask

OF_THE_MAIN_COMPLAINT = (DURATION_SLOT, LOCATION_SLOT)


class ActionAskIntakeComplete(CarefulAction):
    """Reads back what is new and asks the next question."""

    def name(self) -> str:
        """Rasa's name for asking for the slot ``intake_complete``."""
        return f"action_ask_{slots.INTAKE_COMPLETE}"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """The question with its buttons; remembers that it waits for an answer."""
        talk = talk_of(tracker)
        question = to_ask(talk)
        if question is None:
            return []
        say_noted(dispatcher, talk)
        for response in _remarks(talk, question, message_of(tracker)):
            dispatcher.utter_message(response=response)
        dispatcher.utter_message(
            **_asking(talk, question),
            buttons=[{"title": option.title, "payload": option.title} for option in question.options],
            json_message=_payload(talk, question),
        )
        return set_slots(**{slots.PENDING_QUESTION: question.id, slots.NEWS: []})


def _remarks(talk: Talk, question: Question, message: Message) -> Iterator[str]:
    if talk.heard == "given_up":
        yield "utter_taken_as_not_sure"
    if talk.pending_question is None:
        return
    if talk.heard == "request" or message.intent in SET_ASIDE:
        yield "utter_back_to_question"
    elif talk.heard == "nothing" and talk.misunderstood > 1:
        yield f"utter_why_{question.slot}"
        yield "utter_way_out_of_question"
    elif talk.heard == "nothing":
        yield "utter_which_one" if message.intent == "affirm" and question.kind == "multi" else "utter_not_understood"


def _asking(talk: Talk, question: Question) -> dict[str, str]:
    """The response and its values: which complaint is meant, once there are several."""
    if question.id == EXPOSURE_SLOT and talk.has_exposure:
        return {"response": "utter_ask_more_exposures"}
    main = main_complaint(talk.case)
    several = sum(finding["status"] in SAID_OF_SOMEBODY for finding in talk.findings) > 1
    if main is None or not several or question.slot not in OF_THE_MAIN_COMPLAINT:
        return {"response": "utter_question", "question": question.text}
    name = load().concepts[main.concept].name
    return {"response": "utter_question_about", "question": question.text, "name": name}


def _payload(talk: Talk, question: Question) -> dict[str, Any]:
    return {
        "type": "question",
        "slot": question.slot,
        "id": question.id,
        "multi": question.kind == "multi",
        "options": [option.title for option in question.options],
        "exclusive": exclusive(question),
        "progress": progress(talk),
        "noted": noted(talk.case),
    }
