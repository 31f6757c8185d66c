"""Answers to questions about vitamin D."""

from __future__ import annotations

from collections.abc import Iterator

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import slots, wording
from actions.base import CarefulAction, Events, message_of, set_slots
from actions.say import explained
from bot.knowledge import load
from bot.knowledge.explain import explained_results
from bot.reading import Reading
from bot.talk import QUESTION_PREFIX

RESULT_TOPIC, CAUSE_TOPIC = "result", "cause"
ABOUT_SYMPTOMS = ("symptoms", CAUSE_TOPIC, "definition", "recovery", "test")  # topics for which a named symptom matters
ABOUT_EXPOSURES = ("risk", CAUSE_TOPIC, "sun", "food", "dose", "too_much", "test")

ENOUGH_BY_NAME = ("symptoms", CAUSE_TOPIC, "risk")  # the general answer adds nothing to what is said of the thing named


class ActionAnswer(CarefulAction):
    """The topic's answer with its sources; first what is known of the symptom, exposure or result named."""

    def name(self) -> str:
        """As in the domain."""
        return "action_answer"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """A message for each thing named and the general answer; the last one carries the contract's payload."""
        message = message_of(tracker)
        topic = _topic(message.intent)
        cited: list[str] = []
        said = list(_named(topic, message.reading, cited))
        if not said or topic not in ENOUGH_BY_NAME:
            answer = load().answers[topic]
            marks = wording.marks(answer.sources, cited)
            said.append(("utter_answer", {"answer": answer.text, "marks": marks}))
        for response, values in said[:-1]:
            dispatcher.utter_message(response=response, **values)
        response, values = said[-1]
        payload = {"type": "answer", "topic": topic, "sources": cited}
        dispatcher.utter_message(response=response, json_message=payload, **values)
        return set_slots(**{slots.CITED: cited})


def _topic(intent: str) -> str:
    topic = intent.removeprefix(QUESTION_PREFIX)
    return topic if topic in load().answers else RESULT_TOPIC  # a result told without a question


def _named(topic: str, reading: Reading, cited: list[str]) -> Iterator[tuple[str, dict[str, str]]]:
    if topic == RESULT_TOPIC:
        for say in explained_results(reading.lab_results, load()):
            yield "utter_result_meaning", {"say": say}
    if topic in ABOUT_SYMPTOMS:
        for concept in dict.fromkeys(item.concept for item in reading.findings):
            yield "utter_link_short", explained(concept, cited)
    if topic in ABOUT_EXPOSURES:
        for name in dict.fromkeys(item.exposure for item in reading.exposures):
            info = load().exposures[name]
            yield "utter_exposure", {"name": info.name, "why": info.why, "marks": wording.marks(info.sources, cited)}
