"""Answers to questions about vitamin D."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import slots, wording
from actions.base import CarefulAction, Events, message_of, set_slots
from bot.knowledge import load
from bot.knowledge.answering import Part, answer_to
from bot.knowledge.explain import explained_results
from bot.talk import QUESTION_PREFIX

RESULT_TOPIC = "result"


class ActionAnswer(CarefulAction):
    """What is known of the claim, symptom, exposure or result named, else the topic's general answer; with sources."""

    def name(self) -> str:
        """As in the domain."""
        return "action_answer"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """A message for each part; the last one carries the contract's payload."""
        message = message_of(tracker)
        answered = answer_to(message.text, message.reading, _topic(message.intent))
        cited: list[str] = []
        if answered.topic == RESULT_TOPIC:
            for say in explained_results(message.reading.lab_results, load()):
                dispatcher.utter_message(response="utter_result_meaning", say=say)
        for part in answered.parts[:-1]:
            dispatcher.utter_message(**_said(part, cited))
        last = _said(answered.parts[-1], cited)
        dispatcher.utter_message(**last, json_message=answered.payload(cited))
        return set_slots(**{slots.CITED: cited})


def _topic(intent: str) -> str:
    topic = intent.removeprefix(QUESTION_PREFIX)
    return topic if topic in load().answers else RESULT_TOPIC  # a result told without a question


def _said(part: Part, cited: list[str]) -> dict[str, str]:
    """The response of a part and its values; its sources are added to ``cited``."""
    kind = part.kind if part.kind != "claim" or part.badge else "claim_of_record"
    causes = wording.words()["more_often"].format(causes=wording.joined(part.causes)) if part.causes else ""
    return {
        "response": f"utter_answer_{kind}",
        "name": part.name,
        "badge": part.badge,
        "text": wording.joined([part.text, causes, part.end, part.note], "sentences"),
        "marks": wording.marks(part.sources, cited),
    }
