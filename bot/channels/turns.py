"""A turn without what Rasa does in it for nothing.

Measured on Rasa 3.6.21, one core, a call to the action server: the check of the answer's own JSON schema 23 ms of
processor time (the answer against it: 1 ms), the domain and all events of the conversation as JSON beside it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from jsonschema.validators import validator_for
from rasa.core.actions.action import Action, RemoteAction
from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.shared.core.constants import ACTION_VALIDATE_SLOT_MAPPINGS, DEFAULT_SLOT_NAMES, SlotMappingType
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity


class LeanAction(RemoteAction):
    """Sends an action the slots and the latest message, which is all that ours read, and checks what comes back."""

    def _action_call_format(self, tracker: DialogueStateTracker, domain: Domain) -> dict[str, Any]:
        state = tracker.current_state(EventVerbosity.NONE)
        return {"next_action": self.name(), "sender_id": tracker.sender_id, "tracker": {**state, "events": []}}

    def _validate_action_result(self, result: dict[str, Any]) -> bool:
        _answer_format().validate(result)
        return True


class LeanProcessor(MessageProcessor):
    """Rasa's own, with lean actions, and without looking for slots that Rasa itself would fill where there are none."""

    @classmethod
    def of(cls, loaded: MessageProcessor) -> LeanProcessor:
        """With the model and all else that ``loaded`` has."""
        lean = cls.__new__(cls)
        lean.__dict__.update(loaded.__dict__)
        lean._fills_slots = _fills_slots(loaded.domain)
        return lean

    def predict_next_with_tracker_if_should(self, tracker: DialogueStateTracker) -> tuple[Action, PolicyPrediction]:
        """As in Rasa."""
        action, prediction = super().predict_next_with_tracker_if_should(tracker)
        return LeanAction(action.name(), action.action_endpoint) if type(action) is RemoteAction else action, prediction

    async def run_action_extract_slots(
        self, output_channel: OutputChannel, tracker: DialogueStateTracker
    ) -> DialogueStateTracker:
        """As in Rasa."""
        return await super().run_action_extract_slots(output_channel, tracker) if self._fills_slots else tracker


def make_lean(agent: Agent) -> None:
    """Let ``agent`` answer its turns so; idempotent."""
    if agent.processor is not None and not isinstance(agent.processor, LeanProcessor):
        agent.processor = LeanProcessor.of(agent.processor)


def _fills_slots(domain: Domain) -> bool:
    """Whether any slot has a mapping that Rasa or an action is to fill it by."""
    own = [slot for slot in domain.slots if slot.name not in DEFAULT_SLOT_NAMES]
    mappings = [mapping for slot in own for mapping in slot.mappings]
    custom = all(
        mapping.get("type") == str(SlotMappingType.CUSTOM) and not mapping.get("action") for mapping in mappings
    )
    return not custom or ACTION_VALIDATE_SLOT_MAPPINGS in domain.user_actions


@cache
def _answer_format() -> Any:
    """Rasa's own schema of an action's answer, checked once."""
    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)
