"""The order of an answer: take down, ask what is missing, explain, advise."""

from __future__ import annotations

from typing import Any

from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from actions import slots
from bot.knowledge import load
from bot.knowledge.labs import unit_named
from bot.policies.turn import INTAKE_FORM, Turn, certain, changes, form_goes_on, is_complete, turn_of
from bot.talk import UNDOING

TAKE_NOTE, ANSWER, ASK = "action_take_note", "action_answer", "action_ask"
EXPLAIN, ADVISE = "action_explain", "action_advise"
UNDO = "action_undo"
ASKING = {INTAKE_FORM: ASK, ASK: ACTION_LISTEN_NAME}  # after what, inside the intake
TELLING = ("inform", "affirm", "deny", "not_sure", "correct")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=False)
class ResponsePolicy(Policy):
    """Scripts the way from what was told to a result; abstains from all else, which the rules decide.

    Whether the intake is complete is worked out here and told to the form as an event: nothing has to be asked of the
    action server but what it says.

    The intake starts with anything told that it can work with, whatever the intent was taken for, and after the
    answer to a question that told a symptom too. A result is only ever given after a completed intake in which
    something was read: never when the form merely could not run.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``priority``: above the rules, below SafetyPolicy."""
        return {"priority": 10}

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
        """The next step of the script, or nothing."""
        turn = turn_of(tracker)
        if turn is None or turn.talk.red_flag is not None:
            return self._prediction(certain(None, domain))
        if turn.in_intake:
            return self._inside(turn, tracker, domain)
        action = _next(turn)
        # Said even where the tracker has it: SafetyPolicy, the policy before this one, may just be unsetting it.
        events = [form_goes_on(turn.talk)] if action == INTAKE_FORM else []
        return self._prediction(certain(action, domain), events=events)

    def _inside(self, turn: Turn, tracker: DialogueStateTracker, domain: Domain) -> PolicyPrediction:
        """The question that the form has settled on. Rasa would listen as soon as the form has run, and run the form
        again as soon as it was asked, each above every policy that answers a message: so these do not either."""
        if action := ASKING.get(turn.last or ""):
            return self._prediction(certain(action, domain), is_no_user_prediction=True)
        events = [] if turn.last is None else changes(tracker, **{slots.INTAKE_COMPLETE: is_complete(turn.talk)})
        return self._prediction(certain(None, domain), events=events)


def _next(turn: Turn) -> str | None:
    if turn.last is None:
        return _first(turn)
    if turn.last == INTAKE_FORM:
        return EXPLAIN if turn.talk.is_ready else TAKE_NOTE
    if turn.last == ANSWER:
        return INTAKE_FORM if turn.talk.tells_symptom and turn.talk.is_open else ACTION_LISTEN_NAME
    return {EXPLAIN: ADVISE, ADVISE: ACTION_LISTEN_NAME, TAKE_NOTE: ACTION_LISTEN_NAME, UNDO: ACTION_LISTEN_NAME}.get(
        turn.last
    )


def _first(turn: Turn) -> str | None:
    if turn.talk.heard == "request":
        return None
    if _is_due(turn):
        return EXPLAIN  # the result was cut off last time
    if _tells_to_explain(turn):
        return ANSWER
    if turn.talk.heard in UNDOING and not turn.talk.is_open:
        return UNDO
    if turn.talk.is_open and (turn.talk.heard != "nothing" or turn.message.intent in TELLING):
        return INTAKE_FORM
    return None if turn.message.intent else TAKE_NOTE  # the rules would answer a mere guess


def _is_due(turn: Turn) -> bool:
    return turn.talk.is_ready and not turn.talk.result_given


def _tells_to_explain(turn: Turn) -> bool:
    """A blood result, its missing unit, or what is taken already where no symptom asks for more."""
    told = turn.message.reading
    unit = bool(turn.talk.lab_results) and unit_named(turn.message.text, load()) is not None
    dose = told.profile.supplement_iu_day is not None and not turn.talk.has_symptom
    return bool(told.lab_results) or unit or dose
