"""The whole bot in one process: Rasa's agent with the trained model, and the real actions without a server between.

For many thousands of turns; what only real servers can show is in tests/conversations.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from pathlib import Path
from typing import Any

import structlog
from rasa.core.actions.action import RemoteAction
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.tracker_store import InMemoryTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor

from bot.channels.cleaning import clean, without_power
from bot.channels.output import Message, TurnOutput
from bot.nlg.rotating import RotatingResponses


class InProcessActions(EndpointConfig):
    """Runs an action where Rasa would ask the action server."""

    def __init__(self) -> None:
        super().__init__("http://in-process")
        self._executor = ActionExecutor()
        self._executor.register_package("actions")

    async def request(self, *args: Any, json: dict[str, Any] | None = None, **kwargs: Any) -> Any:
        return await self._executor.run(json or {})


class LiveBot:
    """Conversations with the agent, each by its own id."""

    def __init__(self, model: Path, store: TrackerStore | None = None) -> None:
        """Conversations are kept in ``store``, else in memory."""
        # Rasa checks the schema of an action's answer anew each time, two thirds of a turn; real servers do check it.
        RemoteAction._validate_action_result = staticmethod(lambda result: True)  # type: ignore[method-assign]
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
        self._loop = asyncio.new_event_loop()
        self._store = store or InMemoryTrackerStore(Domain.empty())
        self._agent = Agent(tracker_store=self._store, action_endpoint=InProcessActions())
        self._agent.load_model(model)
        self._agent.processor.nlg = RotatingResponses(domain=self._agent.domain)  # type: ignore[union-attr]
        self._numbers = itertools.count(1)

    def say(self, conversation: str, text: str) -> list[Message]:
        """The bot's messages to one of the person's, cleaned as every channel does."""
        output = TurnOutput()
        message = UserMessage(
            without_power(clean(text)), output, conversation, message_id=f"m{next(self._numbers)}", input_channel="web"
        )
        self._loop.run_until_complete(self._agent.handle_message(message))
        return output.messages

    def slots(self, conversation: str) -> dict[str, Any]:
        """What the conversation holds."""
        tracker = self._tracker(conversation)
        return dict(tracker.current_slot_values()) if tracker else {}

    def form(self, conversation: str) -> tuple[str | None, bool, bool]:
        """The form that is active, whether it was set aside and whether it was interrupted."""
        tracker = self._tracker(conversation)
        loop = tracker.active_loop if tracker else None
        return (loop.name, loop.rejected, loop.is_interrupted) if loop else (None, False, False)

    def turns_loaded(self, conversation: str) -> int:
        """How many of a person's messages a turn loads."""
        tracker = self._tracker(conversation)
        return sum(isinstance(event, UserUttered) for event in tracker.events) if tracker else 0

    def _tracker(self, conversation: str) -> DialogueStateTracker | None:
        return self._loop.run_until_complete(self._agent.tracker_store.retrieve(conversation))

    def forget(self, conversation: str) -> None:
        """Drop a conversation that is kept in memory."""
        assert isinstance(self._store, InMemoryTrackerStore)
        self._store.store.pop(conversation, None)
