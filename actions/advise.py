"""The result, second half: whether a blood test is worth asking for, which tests, and when to get help."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import slots, wording
from actions.base import CarefulAction, Events, set_slots, talk_of
from actions.say import assessment_of
from actions.shown import card, noted


class ActionAdvise(CarefulAction):
    """The tier's advice with the contract's assessment payload, then the safety net and what can be asked next."""

    def name(self) -> str:
        """As in the domain."""
        return "action_advise"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Says nothing without a completed intake, whatever called it."""
        talk = talk_of(tracker)
        if not talk.is_ready:
            return []
        assessment = assessment_of(talk)
        dispatcher.utter_message(
            response="utter_advice_because" if assessment.because else "utter_advice",
            because=wording.decisive(assessment.because, talk.case),
            advice=" ".join(assessment.advice),
            json_message={
                **assessment.to_payload(),
                "card": card(assessment, talk.case),
                "noted": noted(talk.case),
            },
        )
        if assessment.ask_list:
            dispatcher.utter_message(response="utter_tests", tests=wording.joined(i.name for i in assessment.ask_list))
        dispatcher.utter_message(response="utter_safety_net", lines="\n".join(assessment.safety_net))
        return set_slots(**{slots.RESULT_GIVEN: True, slots.RESULTS: talk.results + 1})
