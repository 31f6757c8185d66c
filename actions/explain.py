"""The result, first half: how each symptom is linked with vitamin D, and what it is more often."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import slots, wording
from actions.base import CarefulAction, Events, set_slots, talk_of
from actions.say import assessment_of, say_noted


class ActionExplain(CarefulAction):
    """For each symptom the badge of evidence, the honest line with its sources, and commoner causes."""

    def name(self) -> str:
        """As in the domain."""
        return "action_explain"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Says nothing without a completed intake, whatever called it."""
        talk = talk_of(tracker)
        if not talk.is_ready:
            return []
        assessment = assessment_of(talk)
        say_noted(dispatcher, talk)
        for say in assessment.see_doctor:
            dispatcher.utter_message(response="utter_see_doctor", say=say)
        for say in assessment.results:
            dispatcher.utter_message(response="utter_result_meaning", say=say, marks="")
        cited: list[str] = []
        for link in assessment.links:
            dispatcher.utter_message(
                response="utter_link",
                name=link.name,
                badge=link.badge,
                sentence=link.sentence,
                line=wording.joined([link.line, link.note or ""], "sentences"),
                marks=wording.marks(link.sources, cited),
                causes=wording.joined(wording.other_causes(link)),
            )
        return set_slots(**{slots.CITED: cited, slots.NEWS: []})
