"""Responses in turn: each wording of a response is used before one is repeated; no dice, so talks can be replayed."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.core.nlg.generator import ResponseVariationFilter
from rasa.shared.constants import UTTER_PREFIX
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

UTTER_ACTION = f"{UTTER_PREFIX}action"  # under this name Rasa keeps with each message which response it was

SAID_BEFORE = "said_before"  # {response: times}


class RotatingResponses(TemplatedNaturalLanguageGenerator):
    """Rasa's own responses, conditions and filling; only the choice among the fitting wordings is different."""

    def __init__(self, endpoint_config: EndpointConfig | None = None, domain: Domain | None = None) -> None:
        """As Rasa creates the class named under ``nlg`` in endpoints.yml."""
        super().__init__((domain or Domain.empty()).responses)

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """The next wording of the response in this conversation, filled; None for an unknown response."""
        if utter_action not in self.responses:
            return None
        slots = tracker.current_slot_values()
        fitting = ResponseVariationFilter(self.responses).responses_for_utter_action(
            utter_action, output_channel, slots
        )
        if not fitting:
            return None
        said = sum(times_said(event).get(utter_action, 0) for event in tracker.events)
        return self._fill_response(copy.deepcopy(fitting[said % len(fitting)]), slots, **kwargs)


def times_said(event: Event) -> Mapping[str, int]:
    """Which responses an event said, and how often; the store sums up those that it does not load any more."""
    if not isinstance(event, BotUttered):
        return {}
    response = event.metadata.get(UTTER_ACTION)
    return {response: 1} if response else event.metadata.get(SAID_BEFORE) or {}
