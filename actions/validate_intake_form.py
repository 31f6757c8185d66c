"""The intake form's validation: which message moves it on, and which it steps aside for."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import slots
from actions.base import CarefulAction, Events, message_of, set_slots, talk_of
from bot.talk import Message, Talk, to_ask

REJECTED, USER = "action_execution_rejected", "user"
SET_ASIDE = ("abuse",)  # answered by a rule, like a question; then the form asks again


class ValidateIntakeForm(CarefulAction):
    """Decides whether the form steps aside, goes on, or is complete.

    Without a slot event Rasa lets the rules answer the message; they hand back to the form.
    """

    def name(self) -> str:
        """The name Rasa calls by itself."""
        return "validate_intake_form"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """``intake_complete``: true when nothing is left to ask, else unset; no event to step aside."""
        talk = talk_of(tracker)
        if _steps_aside(talk, message_of(tracker)) and not _stepped_aside(tracker.events):
            return []
        return set_slots(**{slots.INTAKE_COMPLETE: True if to_ask(talk) is None else None})


def _steps_aside(talk: Talk, message: Message) -> bool:
    return talk.heard == "request" or (talk.heard == "nothing" and message.intent in SET_ASIDE)


def _stepped_aside(events: Iterable[dict[str, Any]]) -> bool:
    since = takewhile(lambda event: event.get("event") != USER, reversed(list(events)))
    return any(event.get("event") == REJECTED for event in since)
