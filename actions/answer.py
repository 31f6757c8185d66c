"""Answers to questions about vitamin D."""

from __future__ import annotations

from collections.abc import Sequence

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import slots
from actions.base import CarefulAction, Events, message_of, set_slots, talk_of
from actions.parts import of_part, of_result
from bot.knowledge import load
from bot.knowledge.answering import answer_to
from bot.knowledge.labs import NG, NMOL, Explained, explained, unit_named
from bot.talk import QUESTION_PREFIX, Message, Talk

RESULT_TOPIC, DOSE_TOPIC = "result", "dose"
UNIT_SLOT, SUPPLEMENT_SLOT = "lab_unit", "supplements"


class ActionAnswer(CarefulAction):
    """What is known of the claim, symptom, exposure or result named, else the topic's general answer; with sources."""

    def name(self) -> str:
        """As in the domain."""
        return "action_answer"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """A message for each part, the last with the contract's payload; then what is needed to say more."""
        message, talk = message_of(tracker), talk_of(tracker)
        results = _results(message, talk)
        topic = _topic(message, results)
        answered = answer_to(message.text, message.reading, topic, talk.case)
        cited: list[str] = []
        said = [of_result(item, cited) for item in results if topic == RESULT_TOPIC]
        said += [of_part(part, cited) for part in answered.parts if not (said and part.kind == "general")]
        for values in said[:-1]:
            dispatcher.utter_message(**values)
        payload = {**answered.payload(cited), "results": [item.to_dict() for item in results]}
        dispatcher.utter_message(**said[-1], json_message=payload)
        _ask(dispatcher, tracker, answered.topic, results, talk)
        return set_slots(**{slots.CITED: cited})


def _results(message: Message, talk: Talk) -> Sequence[Explained]:
    """The results that this message tells, or whose unit it tells."""
    told = message.reading.lab_results
    if not told and unit_named(message.text, load()):
        told = talk.case.lab_results
    return explained(told, load())


def _topic(message: Message, results: Sequence[Explained]) -> str:
    topic = message.intent.removeprefix(QUESTION_PREFIX)
    if topic in load().answers:
        return topic
    return RESULT_TOPIC if results or message.reading.lab_results else DOSE_TOPIC  # told without a question


def _ask(
    dispatcher: CollectingDispatcher, tracker: Tracker, topic: str, results: Sequence[Explained], talk: Talk
) -> None:
    """The unit of a result, or what is taken already, if it is missing and no other question waits."""
    if tracker.active_loop.get("name"):
        return
    if any(item.kind == "open" for item in results):
        buttons = [{"title": unit, "payload": unit} for unit in (NG, NMOL)]
        question = {"type": "question", "slot": UNIT_SLOT, "id": UNIT_SLOT, "options": [NG, NMOL]}
        dispatcher.utter_message(response="utter_ask_unit", buttons=buttons, json_message=question)
    elif topic == DOSE_TOPIC and talk.case.profile.supplement_iu_day is None:
        question = {"type": "question", "slot": SUPPLEMENT_SLOT, "id": SUPPLEMENT_SLOT, "options": []}
        dispatcher.utter_message(response="utter_ask_supplements", json_message=question)
