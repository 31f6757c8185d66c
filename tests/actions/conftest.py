"""A talk with the actions alone: no server, no model; intents are given, texts are really read."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.case import to_entities
from bot.clinical import read
from bot.hearing import heard
from bot.talk import Message, Talk


@dataclass
class Desk:
    """Keeps the slots between actions, as Rasa does."""

    slots: dict[str, Any] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    latest: dict[str, Any] = field(default_factory=dict)
    said: list[dict[str, Any]] = field(default_factory=list)

    def hear(self, text: str, intent: str = "inform") -> Desk:
        """A message, and its merge, which SafetyPolicy does."""
        number = sum(event["event"] == "user" for event in self.events)
        self.latest = {
            "text": text,
            "intent": {"name": intent},
            "entities": to_entities(read(text)),
            "message_id": f"m{number}",
        }
        self.events.append({"event": "user", **self.latest})
        self.slots.update(heard(Talk.from_slots(self.slots), Message.from_parse(self.latest)).slots())
        return self

    def run(self, action: Action) -> list[dict[str, Any]]:
        """Run an action, apply its slots, keep what it says; its events."""
        tracker = Tracker("talk", dict(self.slots), self.latest, list(self.events), False, None, {}, None)
        dispatcher = CollectingDispatcher()
        events = list(asyncio.run(action.run(dispatcher, tracker, {})))
        self.slots.update({event["name"]: event["value"] for event in events if event["event"] == "slot"})
        self.said = dispatcher.messages
        return events

    @property
    def responses(self) -> list[str]:
        """Ids of what the last action said."""
        return [message["response"] for message in self.said]

    @property
    def payload(self) -> dict[str, Any]:
        """The one payload of what the last action said; a question that follows an answer does not count."""
        all_of_them = [message["custom"] for message in self.said if message["custom"]]
        (found,) = [item for item in all_of_them if item["type"] != "question"] or all_of_them
        return dict(found)


@pytest.fixture
def desk() -> Desk:
    return Desk()
