"""Wordings of a response are used in turn, by conversation."""

from __future__ import annotations

import asyncio

from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.nlg.rotating import RotatingResponses

DOMAIN = Domain.from_dict(
    {
        "slots": {"level": {"type": "text", "mappings": [{"type": "custom"}]}},
        "responses": {
            "utter_hello": [{"text": "hello {name}"}, {"text": "hi {name}"}, {"text": "good day {name}"}],
            "utter_again": [
                {"text": "now", "condition": [{"type": "slot", "name": "level", "value": "L1"}]},
                {"text": "today", "condition": [{"type": "slot", "name": "level", "value": "L3"}]},
            ],
        },
    }
)


def said(tracker: DialogueStateTracker, response: str, **values: str) -> str | None:
    """What is said, kept in the tracker as Rasa keeps it."""
    message = asyncio.run(RotatingResponses(domain=DOMAIN).generate(response, tracker, "web", **values))
    if message is None:
        return None
    tracker.update(BotUttered(message["text"], metadata={"utter_action": response}))
    return str(message["text"])


def tracker(**slots: str) -> DialogueStateTracker:
    empty = DialogueStateTracker.from_events("talk", [], slots=DOMAIN.slots)
    for name, value in slots.items():
        empty.slots[name].value = value
    return empty


def test_each_wording_comes_before_one_is_repeated():
    talk = tracker()
    texts = [said(talk, "utter_hello", name="you") for _ in range(4)]
    assert texts == ["hello you", "hi you", "good day you", "hello you"]


def test_conditions_still_decide():
    assert said(tracker(level="L3"), "utter_again") == "today"
    assert said(tracker(level="L5"), "utter_again") is None


def test_an_unknown_response_is_none():
    assert said(tracker(), "utter_nothing") is None


def test_rasa_creates_it_as_endpoints_names_it():
    made = NaturalLanguageGenerator.create(EndpointConfig(type="bot.nlg.rotating.RotatingResponses"), DOMAIN)
    assert isinstance(made, RotatingResponses)
