"""The intake form's questions."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import slots, wording
from actions.base import CarefulAction, Events, message_of, set_slots, talk_of
from actions.remarks import remarks
from actions.say import say_noted
from actions.shown import exclusive, noted, progress
from bot.knowledge import load
from bot.knowledge.choices import Question
from bot.knowledge.intake import main_complaint
from bot.talk import (
    DURATION_SLOT,
    EXPOSURE_SLOT,
    LOCATION_SLOT,
    SAID_OF_SOMEBODY,
    Talk,
    to_ask,
)

OF_THE_MAIN_COMPLAINT = (DURATION_SLOT, LOCATION_SLOT)


class ActionAsk(CarefulAction):
    """Reads back what is new and asks the next question."""

    def name(self) -> str:
        """As in the domain."""
        return "action_ask"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """The question with its buttons; remembers that it waits for an answer."""
        talk = talk_of(tracker)
        question = to_ask(talk)
        if question is None:
            return []
        say_noted(dispatcher, talk)
        for response in remarks(talk, question, message_of(tracker)):
            dispatcher.utter_message(response=response)
        dispatcher.utter_message(
            **_asking(talk, question, again=talk.pending_question is not None and talk.heard != "answer"),
            buttons=[{"title": option.title, "payload": option.title} for option in question.options if option.shown],
            json_message=_payload(talk, question),
        )
        return set_slots(**{slots.PENDING_QUESTION: question.id, slots.NEWS: []})


def _asking(talk: Talk, question: Question, *, again: bool) -> dict[str, str]:
    """The response and its values: shorter when the question returns; which complaint, if there are several."""
    if question.id == EXPOSURE_SLOT and talk.has_exposure:
        return {"response": "utter_ask_more_exposures", "whose": wording.put_to("{whose}", talk.case.profile)}
    text = wording.put_to(question.short if again else question.text, talk.case.profile)
    main = main_complaint(talk.case)
    several = sum(finding["status"] in SAID_OF_SOMEBODY for finding in talk.findings) > 1
    if main is None or not several or question.slot not in OF_THE_MAIN_COMPLAINT:
        return {"response": "utter_question", "question": text}
    name = load().concepts[main.concept].name
    return {"response": "utter_question_about", "question": text, "name": name}


def _payload(talk: Talk, question: Question) -> dict[str, Any]:
    return {
        "type": "question",
        "slot": question.slot,
        "id": question.id,
        "multi": question.kind == "multi",
        "options": [option.title for option in question.options if option.shown],
        "exclusive": exclusive(question),
        "progress": progress(talk),
        "noted": noted(talk.case),
    }
