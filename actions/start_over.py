"""Forgets what was told in this conversation and begins anew."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import REQUESTED_SLOT

from actions import slots
from actions.base import CarefulAction, Events, message_of, set_slots


class ActionStartOver(CarefulAction):
    """Empties every slot and leaves the intake. What was written stays stored until it is erased."""

    def name(self) -> str:
        """As in the domain."""
        return "action_start_over"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """All slots unset."""
        dispatcher.utter_message(
            response="utter_start_over", json_message={"type": "noted", "noted": [], "afresh": True}
        )
        emptied = {**dict.fromkeys(slots.ALL), slots.LAST_MESSAGE: message_of(tracker).id}
        return [*set_slots(**emptied), ActiveLoop(None), *set_slots(**{REQUESTED_SLOT: None})]
