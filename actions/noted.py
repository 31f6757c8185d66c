"""What was noted so far, with the person's own words beside it."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import wording
from actions.base import CarefulAction, Events, talk_of


class ActionNoted(CarefulAction):
    """Answers "what did you note?": everything told, each symptom with the words it was read from."""

    def name(self) -> str:
        """As in the domain."""
        return "action_noted"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """One message."""
        talk = talk_of(tracker)
        profile = talk.case.profile
        facts = {"age": profile.age, "pregnancy_weeks": profile.pregnancy_weeks}
        known = {name: value for name, value in facts.items() if value is not None}
        said = wording.told([*talk.findings, *talk.exposures, *([known] if known else [])], profile)
        if not said:
            dispatcher.utter_message(response="utter_nothing_noted")
            return []
        words = wording.joined(dict.fromkeys(f'"{item["span"]}"' for item in talk.findings if item.get("span")))
        response = "utter_all_noted_words" if words else "utter_all_noted"
        dispatcher.utter_message(response=response, noted=said, words=words)
        return []
