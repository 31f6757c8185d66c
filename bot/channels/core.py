"""The bot as every channel reaches it: say, sum up, export, erase.

Made once the server has its agent. Whoever goes through here has the red-flag gate, the deadlines, the inbox and the
answer for what was not saved; there is no other way to the bot.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.tracker_store import FailSafeTrackerStore
from sanic import Sanic

from bot import logs
from bot.channels import action_server, turns
from bot.channels.cleaning import without_power
from bot.channels.conversation import Conversations, Deadlines
from bot.channels.gate import urgent_message
from bot.channels.output import TurnOutput, to_messages
from bot.channels.urgent import Message
from bot.stores.inbox import Inbox
from bot.stores.lock_store import ConversationLocks
from bot.stores.retention import Retention, days_kept
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
        turns.make_lean(agent)

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

        async def recover(conversation: str, message_id: str) -> list[Message] | None:
            events = await store.replies_to(conversation, message_id)
            return None if events is None else to_messages(events)

        conversations = Conversations(
            handle=handle,
            recover=recover,
            gate=urgent_message,
            lock=_locks(agent).lock,
            inbox=Inbox(store.database),
            deadlines=deadlines,
        )
        return cls(conversations, agent, store)

    async def summary(self, conversation: str) -> Summary | None:
        """What was told, for a doctor; None if nothing was."""
        tracker = await self.store.retrieve(conversation)
        talk = Talk.from_slots(tracker.current_slot_values()) if tracker else Talk()
        return summary_of(talk, datetime.now(timezone.utc))

    async def export(self, conversation: str) -> dict[str, Any]:
        """Everything that is kept of a conversation: ``{"at", "kept_days", "messages", "events"}``.

        ``messages`` as the person saw them (`Inbox.turns`), ``events`` as Rasa notes them; ``at`` in seconds.
        """
        return {
            "at": time.time(),
            "kept_days": days_kept(),
            "messages": await self.conversations.inbox.turns(conversation),
            "events": await self.store.events(conversation),
        }

    async def erase(self, conversation: str) -> dict[str, int]:
        """Stop what runs and erase every trace: how many ``events`` and ``messages`` there were."""
        await self.conversations.forget(conversation)
        async with self.conversations.lock(conversation):
            return asdict(await self.store.erase(conversation))


def keep_purging(app: Sanic, store: StrictTrackerStore) -> None:
    """Delete what is too old from now on; once for all channels of a server."""
    if not hasattr(app.ctx, "purging"):
        app.ctx.purging = app.add_task(Retention(store.database).keep_purging())


def _locks(agent: Agent) -> ConversationLocks:
    if not isinstance(agent.lock_store, ConversationLocks):
        kind = type(agent.lock_store).__name__
        raise TypeError(f"endpoints.yml: lock_store has to be ConversationLocks, not {kind}")
    return agent.lock_store


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
