"""Rasa's tracker store, made strict: errors are told, what people wrote is sealed, a turn costs the same at any length.

What differs from Rasa's ``SQLTrackerStore`` (3.6.21), and why:

- an error reaches the channel, which says that the message was not saved; the stock store's wrapper goes on in memory;
- the bot does not start when it cannot store; the stock store does;
- bad data does not end the server (the stock store calls ``sys.exit`` on any ValueError);
- SQL runs in threads with a time limit, so that a database that hangs does not freeze the server;
- a turn loads the last turns and the state before them (`bot.stores.tail`), not the whole session;
- events are numbered: who saves a turn without having seen the one before fails, instead of losing it.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, deserialise_events
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.engine import Connection

from bot.stores import erasing
from bot.stores.data_keys import make_seal, seal_of
from bot.stores.database import Database, database
from bot.stores.sealing import Seal
from bot.stores.start import CannotStoreError, can_write, prepare
from bot.stores.tables import EVENTS, TAILS, mark_of
from bot.stores.tail import State, start_of_tail, state_before

REPLIES = 100  # events looked at after a message; a turn has a tenth
_KEPT = "_kept"  # on a tracker: what of it is in the database


@dataclass(frozen=True)
class Kept:
    """How many of a tracker's events only set up the state, how many it had when loaded, the next event's number."""

    opening: int = 0
    seen: int = 0
    following: int = 0


class StrictTrackerStore(TrackerStore):
    """Keeps conversations in the database of `bot.stores.database`."""

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        *,
        kept_in: Database | None = None,
        now: Callable[[], float] = time.time,
        **kwargs: Any,
    ) -> None:
        """As Rasa creates the class named in ``endpoints.yml``. Ends the program with a sentence if it cannot store."""
        kwargs.pop("host", None)  # Rasa names it for every store
        super().__init__(domain, event_broker, **kwargs)
        self.database = kept_in or database()
        self._now = now
        try:
            prepare(self.database)
        except CannotStoreError as reason:
            sys.exit(str(reason))

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation as far as a turn needs it; None if there is none."""
        found = await self.database.run(self._tail, sender_id)
        if found is None:
            return None
        state, events, following = found
        opening = state.events()
        tracker = self._tracker(sender_id, events, opening)
        setattr(tracker, _KEPT, Kept(len(opening), len(tracker.events), following))
        return tracker

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """The conversation with every event that is kept."""
        events = await self.events(conversation_id)
        return self._tracker(conversation_id, events) if events else None

    async def events(self, conversation: str) -> list[dict[str, Any]]:
        """Every event that is kept of a conversation, as Rasa writes it into JSON."""
        return await self.database.run(self._events, conversation)

    async def keys(self) -> Iterable[str]:
        """All conversations."""
        query = sa.select(EVENTS.c.conversation).distinct()
        return await self.database.run(lambda connection: list(connection.execute(query).scalars()))

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Add what is new; SQLAlchemy's IntegrityError if somebody else has added to the conversation meanwhile."""
        await self.stream_events(tracker)
        events = list(tracker.events)
        kept: Kept = getattr(tracker, _KEPT, Kept())
        new = events[kept.seen :]
        if new:
            cut = max(start_of_tail(events), kept.opening)
            state = state_before(events, cut, self.domain)
            first = kept.following + cut - kept.seen
            await self.database.run(self._add, tracker.sender_id, kept.following, new, first, state)
        setattr(tracker, _KEPT, replace(kept, seen=len(events), following=kept.following + len(new)))

    async def replies_to(self, conversation: str, message_id: str) -> list[dict[str, Any]] | None:
        """The bot's events that followed the message with this id; None if that message was never handled."""
        return await self.database.run(self._replies, conversation, message_id)

    async def check(self) -> None:
        """Write something and take it back; SQLAlchemyError or a time-out if that cannot be done now."""
        await self.database.run(can_write, self.database)

    async def erase(self, conversation: str) -> erasing.Erased:
        """Delete everything that is kept of a conversation; how much there was."""
        return await self.database.run(erasing.erase, conversation)

    def _tracker(
        self, conversation: str, events: list[dict[str, Any]], opening: Sequence[Event] = ()
    ) -> DialogueStateTracker:
        tracker = self.init_tracker(conversation)
        for event in [*opening, *deserialise_events(events)]:
            tracker.update(event)
        return tracker

    def _tail(self, connection: Connection, conversation: str) -> tuple[State, list[dict[str, Any]], int] | None:
        seal = seal_of(connection, self.database.keyring, conversation)
        tail = connection.execute(sa.select(TAILS).where(TAILS.c.conversation == conversation)).first()
        if seal is None or tail is None:
            return None
        query = sa.select(EVENTS).where(EVENTS.c.conversation == conversation, EVENTS.c.number >= tail.first)
        rows = connection.execute(query.order_by(EVENTS.c.number)).all()
        if not rows:
            return None
        state = State(**json.loads(seal.open(tail.state, "tail")))
        return state, [_opened(seal, row) for row in rows], rows[-1].number + 1

    def _events(self, connection: Connection, conversation: str) -> list[dict[str, Any]]:
        seal = seal_of(connection, self.database.keyring, conversation)
        query = sa.select(EVENTS).where(EVENTS.c.conversation == conversation).order_by(EVENTS.c.number)
        return [] if seal is None else [_opened(seal, row) for row in connection.execute(query)]

    def _add(
        self, connection: Connection, conversation: str, number: int, events: list[Event], first: int, state: State
    ) -> None:
        now = self._now()
        seal = make_seal(connection, self.database.keyring, conversation, now)
        rows = [_row(seal, number + index, event.as_dict()) for index, event in enumerate(events)]
        connection.execute(EVENTS.insert(), rows)
        tail = {"first": first, "at": now, "state": seal.close(json.dumps(asdict(state)), "tail")}
        if not connection.execute(TAILS.update().where(TAILS.c.conversation == conversation).values(**tail)).rowcount:
            connection.execute(TAILS.insert().values(conversation=conversation, **tail))

    def _replies(self, connection: Connection, conversation: str, message_id: str) -> list[dict[str, Any]] | None:
        here, mark = EVENTS.c.conversation == conversation, mark_of(conversation, message_id)
        found = sa.select(EVENTS.c.number).where(here, EVENTS.c.mark == mark).order_by(EVENTS.c.number.desc())
        number = connection.execute(found).scalars().first()
        seal = seal_of(connection, self.database.keyring, conversation)
        if number is None or seal is None:
            return None
        after = sa.select(EVENTS).where(here, EVENTS.c.number > number).order_by(EVENTS.c.number).limit(REPLIES)
        replies = []
        for row in connection.execute(after):
            if row.kind == "user":
                break
            if row.kind == "bot":
                replies.append(_opened(seal, row))
        return replies


def _row(seal: Seal, number: int, event: dict[str, Any]) -> dict[str, Any]:
    said = event.get("message_id") if event["event"] == "user" else None
    return {
        "conversation": seal.conversation,
        "number": number,
        "kind": event["event"],
        "at": event.get("timestamp") or 0.0,
        "mark": said and mark_of(seal.conversation, said),
        "data": seal.close(json.dumps(event), f"event/{number}"),
    }


def _opened(seal: Seal, row: Any) -> dict[str, Any]:
    return dict(json.loads(seal.open(row.data, f"event/{row.number}")))
