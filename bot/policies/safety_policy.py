"""Red flags before everything else: in every state, inside a form, with the action server down."""

from __future__ import annotations

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
from bot.knowledge.red_flags import urgent_answer
from bot.policies.turn import Turn, certain, changes, turn_of
from bot.reading import RedFlag
from bot.talk import DIRECT_QUESTION, asks_directly, urgent_flag

RED_FLAG, RED_FLAG_AGAIN, DISTRESS = "utter_red_flag", "utter_red_flag_again", "utter_distress"
CLOSING = (RED_FLAG, RED_FLAG_AGAIN)
NEVER_HELD_BACK = ("start_over", "delete_my_data")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=False)
class SafetyPolicy(Policy):
    """Predicts the urgent answer for a red flag of level L0 to L3, closes the form and listens.

    The rules see the whole talk with the latest message merged in. Once given, the urgent answer stays: it is
    repeated with the first message that follows and whenever more is told, until the person starts over; nothing
    else lowers it (knowledge base 4.2). An urgent answer is a response, rendered inside Rasa, so it needs no action
    server. What a message told is kept as slot events even when the action server could not do it.
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
            return self._decided(RED_FLAG, changes(tracker, **{**kept, **_urgent_slots(flag)}), domain)
        if _is_held_back(turn):
            return self._decided(RED_FLAG_AGAIN, changes(tracker, **kept), domain)
        if asks_directly(turn.talk, turn.message):
            kept[slots.PENDING_QUESTION] = DIRECT_QUESTION
            return self._decided(DISTRESS, changes(tracker, **kept), domain)
        return self._decided(None, changes(tracker, **kept), domain)

    @staticmethod
    def _after(turn: Turn) -> str | None:
        if any(name in CLOSING for name in turn.done):
            return ACTION_DEACTIVATE_LOOP_NAME if turn.in_intake else ACTION_LISTEN_NAME
        return ACTION_LISTEN_NAME if DISTRESS in turn.done else None

    def _decided(self, action: str | None, events: list[Event], domain: Domain) -> PolicyPrediction:
        return self._prediction(certain(action, domain), events=events, is_no_user_prediction=action is not None)


def _urgent_slots(flag: RedFlag) -> dict[str, Any]:
    answer = urgent_answer(flag)
    return {
        slots.RED_FLAG: {"id": flag.id, "level": flag.level, **({"learned": True} if flag.learned else {})},
        slots.PENDING_QUESTION: None,
        slots.RED_FLAG_SAY: answer.text,
        slots.RED_FLAG_LEVEL: answer.level,
        slots.RED_FLAG_RULE: answer.rule,
    }


def _is_held_back(turn: Turn) -> bool:
    if turn.talk.red_flag is None or turn.message.intent in NEVER_HELD_BACK:
        return False
    return RED_FLAG in turn.previous or turn.talk.heard != "request"
