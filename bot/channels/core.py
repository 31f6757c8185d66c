"""The bot as every channel reaches it: say, sum up, erase.

Made once the server has its agent. Whoever goes through here has the red-flag gate, the deadlines, the inbox and the
answer for what was not saved; there is no other way to the bot.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.tracker_store import FailSafeTrackerStore

from bot import logs
from bot.channels import action_server
from bot.channels.cleaning import without_power
from bot.channels.conversation import Conversations, Deadlines
from bot.channels.gate import urgent_message
from bot.channels.output import TurnOutput, to_messages
from bot.channels.urgent import Message
from bot.stores.inbox import Inbox
from bot.stores.tracker_store import StrictTrackerStore
from bot.summary import Summary, summary_of
from bot.talk import Talk

Handle = Callable[[UserMessage], Awaitable[Any]]


@dataclass(frozen=True)
class Core:
    """One channel's way to the bot. Its methods raise what the stores and Rasa raise, besides what they name."""

    conversations: Conversations
    agent: Agent
    store: StrictTrackerStore

    @classmethod
    def connect(cls, agent: Agent, on_new_message: Handle, channel: str, deadlines: Deadlines) -> Core:
        """``channel``: its name in Rasa's trackers; TypeError if ``endpoints.yml`` names a store that is not strict."""
        store = strict_store(agent)
        action_server.limit_actions(agent)

        async def handle(conversation: str, message_id: str, text: str) -> list[Message]:
            if not agent.is_ready():
                raise RuntimeError("no model")
            output = TurnOutput()
            action_server.begin_turn()
            turn = {"turn": logs.current_turn()}  # for the action server's log
            words = without_power(text)
            await on_new_message(
                UserMessage(words, output, conversation, input_channel=channel, message_id=message_id, metadata=turn)
            )
            return output.messages

        def recover(conversation: str, message_id: str) -> list[Message] | None:
            events = store.replies_to(conversation, message_id)
            return None if events is None else to_messages(events)

        conversations = Conversations(
            handle=handle, recover=recover, gate=urgent_message, inbox=Inbox(store.engine), deadlines=deadlines
        )
        return cls(conversations, agent, store)

    async def summary(self, conversation: str) -> Summary | None:
        """What was told, for a doctor; None if nothing was."""
        tracker = await self.store.retrieve(conversation)
        talk = Talk.from_slots(tracker.current_slot_values()) if tracker else Talk()
        return summary_of(talk, datetime.now(timezone.utc))

    async def erase(self, conversation: str) -> dict[str, int]:
        """Stop what runs and erase every trace: how many ``events`` and ``messages`` there were."""
        await self.conversations.forget(conversation)
        async with self.agent.lock_store.lock(conversation):
            events = self.store.erase(conversation)
            messages = self.conversations.inbox.erase(conversation)
        self.agent.lock_store.delete_lock(conversation)
        return {"events": events, "messages": messages}


def strict_store(agent: Agent) -> StrictTrackerStore:
    """The tracker store itself, without Rasa's wrapper that answers from memory when the database fails."""
    store = agent.tracker_store
    if isinstance(store, FailSafeTrackerStore):
        store = store._tracker_store
    if not isinstance(store, StrictTrackerStore):
        raise TypeError(f"endpoints.yml: tracker_store has to be a StrictTrackerStore, not {type(store).__name__}")
    agent.tracker_store = store
    if agent.processor is not None:
        agent.processor.tracker_store = store
    return store
