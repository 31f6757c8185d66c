"""What all actions share: they never raise, and what went wrong is told by its kind, never by its text."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot import logs
from bot.hearing import heard
from bot.talk import Message, Talk

logger = logging.getLogger(__name__)

Events = list[dict[str, Any]]


class CarefulAction(Action, ABC):
    """Runs ``act``; if that fails the person is told so and nothing else of the action reaches them.

    An exception that left an action would put the whole conversation into the log.
    """

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]) -> Events:
        """The events of ``act``, or none and an apology."""
        logs.join_turn((tracker.latest_message.get("metadata") or {}).get("turn"))
        try:
            return self.act(dispatcher, tracker)
        except Exception as error:
            logger.error("%s failed: %s", self.name(), type(error).__name__)
            dispatcher.messages.clear()
            dispatcher.utter_message(response="utter_trouble")
            return []

    @abstractmethod
    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """What the action says and sets."""


def message_of(tracker: Tracker) -> Message:
    """The latest message."""
    return Message.from_parse(tracker.latest_message)


def talk_of(tracker: Tracker) -> Talk:
    """The talk with the latest message merged in."""
    return heard(Talk.from_slots(tracker.slots), message_of(tracker))


def set_slots(**slots: Any) -> Events:
    """One event a slot."""
    return [SlotSet(name, value) for name, value in slots.items()]
