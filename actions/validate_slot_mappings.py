"""What a message tells goes into the slots: once a turn, before anything is decided."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import ACTION_VALIDATE_SLOT_MAPPINGS

from actions.base import CarefulAction, Events, set_slots, talk_of


class ActionValidateSlotMappings(CarefulAction):
    """Merges the latest message into the talk. Rasa runs it after each message, twice where a form starts."""

    def name(self) -> str:
        """The name Rasa calls by itself."""
        return str(ACTION_VALIDATE_SLOT_MAPPINGS)

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """The slots of the talk that have changed."""
        slots = talk_of(tracker).slots()
        return set_slots(**{name: value for name, value in slots.items() if tracker.slots.get(name) != value})
