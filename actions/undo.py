"""Takes back the last message, and says what is as before."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import slots
from actions.base import CarefulAction, Events, set_slots, talk_of
from actions.say import say_noted


class ActionUndo(CarefulAction):
    """The undoing itself is done where the message is merged (bot.hearing); this tells of it."""

    def name(self) -> str:
        """As in the domain."""
        return "action_undo"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """One message: what is put back, or that there is nothing to undo."""
        say_noted(dispatcher, talk_of(tracker))
        return set_slots(**{slots.NEWS: []})
