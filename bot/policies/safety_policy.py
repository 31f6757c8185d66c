"""Red flags before everything else: in every state, inside a form, with the action server down."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.core.constants import ACTION_DEACTIVATE_LOOP_NAME, ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from actions import slots
from bot.confirming import is_merely_possible
from bot.knowledge.red_flags import urgent_answer
from bot.phrases import found
from bot.policies.turn import Turn, certain, changes, form_goes_on, turn_of
from bot.reading import RedFlag
from bot.talk import DIRECT_QUESTION, asks_directly, steps_aside, urgent_flag

RED_FLAG, RED_FLAG_AGAIN, DISTRESS = "utter_red_flag", "utter_red_flag_again", "utter_distress"
POSSIBLE = "utter_red_flag_possible"  # after "not sure" to a list of warning signs
CONFIRM = {
    "dealt_with": "utter_confirm_dealt_with",
    "taken_back": "utter_confirm_taken_back",
    "none_there": "utter_confirm_none_there",
}
CONFIRM_WHAT = "utter_confirm_taken_back_named"
STARTING_OVER = "start_over"
LIFTED = {"dealt_with": "utter_dealt_with", "taken_back": "utter_taken_back"}
CLOSING = (RED_FLAG, POSSIBLE, RED_FLAG_AGAIN, *CONFIRM.values(), CONFIRM_WHAT, *LIFTED.values())
# Said besides, after the urgent answer: why it was given, what to tell the people who help, how to erase it all.
AFTER_URGENT = {
    "why": "action_why",
    "ask_my_doctor": "action_doctor_list",
    "delete_my_data": "utter_delete_my_data",
}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=False)
class SafetyPolicy(Policy):
    """Predicts the urgent answer for a red flag of level L0 to L3, closes the form and listens.

    The rules see the whole talk with the latest message merged in. Once given, the urgent answer stays: every message
    gets it again, first, until the person says and confirms that it is dealt with or was never so, or starts over;
    nothing else lowers it (knowledge base 4.2, `bot.confirming`). An urgent answer is a response, rendered inside Rasa,
    so it needs no action server. What a message told is merged here, once, and kept as slot events.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``priority``: above every other policy."""
        return {"priority": 20}

    def train(self, training_trackers: list[TrackerWithCachedStates], domain: Domain, **kwargs: Any) -> Resource:
        """Nothing is learned."""
        return self._resource

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """The urgent answer, what closes it, or nothing."""
        turn = turn_of(tracker)
        if turn is None:
            return self._prediction(certain(None, domain))
        if turn.last is not None:
            return self._decided(self._after(turn), [], domain)
        kept = turn.talk.slots()
        flag = urgent_flag(turn.talk, turn.message.reading)
        if flag is not None:
            possible = is_merely_possible(replace(turn.talk, red_flag=flag.to_dict()))
            answer = POSSIBLE if possible else RED_FLAG
            return self._decided(answer, changes(tracker, **{**kept, **_urgent_slots(flag)}), domain)
        if turn.talk.heard in LIFTED:
            return self._decided(
                LIFTED[turn.talk.heard], changes(tracker, **{**kept, slots.PENDING_QUESTION: None}), domain
            )
        if turn.talk.red_flag is not None and turn.talk.confirming is not None:
            return self._decided(_confirming(turn), changes(tracker, **{**kept, **_confirm_slots(turn)}), domain)
        if turn.talk.red_flag is not None and not _starts_over(turn):
            return self._decided(RED_FLAG_AGAIN, changes(tracker, **{**kept, **_again_slots(turn)}), domain)
        if asks_directly(turn.talk, turn.message):
            kept[slots.PENDING_QUESTION] = DIRECT_QUESTION
            return self._decided(DISTRESS, changes(tracker, **kept), domain)
        events = changes(tracker, **kept)
        if turn.in_intake and not steps_aside(turn.talk, turn.message):
            events.append(form_goes_on(turn.talk))
        return self._decided(None, events, domain)

    @staticmethod
    def _after(turn: Turn) -> str | None:
        if any(name in CLOSING for name in turn.done):
            besides = AFTER_URGENT.get(turn.message.intent) if RED_FLAG_AGAIN in turn.done else None
            if turn.in_intake:
                return ACTION_DEACTIVATE_LOOP_NAME
            return besides if besides and besides not in turn.done else ACTION_LISTEN_NAME
        return ACTION_LISTEN_NAME if DISTRESS in turn.done else None

    def _decided(self, action: str | None, events: list[Event], domain: Domain) -> PolicyPrediction:
        return self._prediction(certain(action, domain), events=events, is_no_user_prediction=action is not None)


def _urgent_slots(flag: RedFlag) -> dict[str, Any]:
    answer = urgent_answer(flag)
    return {
        slots.RED_FLAG: {"id": flag.id, "level": flag.level, **({"learned": True} if flag.learned else {})},
        slots.CONFIRMING: None,
        slots.PENDING_QUESTION: None,
        slots.RED_FLAG_SAY: answer.text,
        slots.RED_FLAG_LEVEL: answer.level,
        slots.RED_FLAG_RULE: answer.rule,
    }


def _starts_over(turn: Turn) -> bool:
    """In so many words: a model's guess alone puts no urgent answer aside."""
    return turn.message.intent == STARTING_OVER and found(turn.message.text, STARTING_OVER) is not None


def _again_slots(turn: Turn) -> dict[str, Any]:
    """The standing flag's own level and rule: a lower one may be left after something was taken back."""
    flag = RedFlag.from_dict(turn.talk.red_flag or {})
    return {slots.RED_FLAG_LEVEL: flag.level, slots.RED_FLAG_RULE: flag.id}


def _confirming(turn: Turn) -> str:
    asked = turn.talk.confirming or {}
    return CONFIRM_WHAT if asked.get("names") else CONFIRM[asked["what"]]


def _confirm_slots(turn: Turn) -> dict[str, Any]:
    names = (turn.talk.confirming or {}).get("names", [])
    return {**_again_slots(turn), slots.PENDING_QUESTION: None, slots.TAKEN_BACK: ", ".join(names).lower() or None}
