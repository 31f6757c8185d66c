"""Rasa's SQL tracker store, made strict: errors are told, nobody's text is in them, and a conversation can be erased.

What differs from ``SQLTrackerStore`` (Rasa 3.6.21), and why:

- a ValueError inside a session does not end the whole server (the stock store calls ``sys.exit``);
- SQL errors do not show their parameters, which hold what people wrote;
- SQLite lives in the data folder, waits a bounded time for its lock and overwrites what is deleted;
- ``erase`` removes every event of one conversation, ``replies_to`` finds what was answered to one message.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from sqlalchemy.orm import Session

from bot.stores.folder import data_folder

SQLITE_FILE = "conversations.db"
SQLITE_BUSY_MS = 2_000  # SQL 2 s inside the channel's 8 s


class StrictTrackerStore(SQLTrackerStore):
    """Keeps conversations in SQL; the default is SQLite in the data folder."""

    def __init__(
        self,
        domain: Domain | None = None,
        dialect: str = "sqlite",
        db: str | None = None,
        event_broker: EventBroker | None = None,
        **kwargs: Any,
    ) -> None:
        """Arguments are those of ``tracker_store`` in ``endpoints.yml``; see ``SQLTrackerStore``."""
        if dialect == "sqlite":
            db = db or str(data_folder() / SQLITE_FILE)
        super().__init__(domain=domain, dialect=dialect, db=db or "rasa.db", event_broker=event_broker, **kwargs)
        self.engine.hide_parameters = True
        if dialect == "sqlite":
            prepare_sqlite(self.engine)

    @contextlib.contextmanager
    def session_scope(self) -> Iterator[Session]:
        """A session that is always closed; errors go to the caller."""
        with self.sessionmaker() as session:
            yield session

    def erase(self, conversation: str) -> int:
        """Delete every event of a conversation; how many there were."""
        events = self.SQLEvent.__table__
        with self.engine.begin() as connection:
            return int(connection.execute(events.delete().where(events.c.sender_id == conversation)).rowcount)

    def replies_to(self, conversation: str, message_id: str) -> list[dict[str, Any]] | None:
        """The bot's events that followed the message with this id; None if that message was never handled."""
        events = self.SQLEvent.__table__
        query = (
            sa.select(events.c.type_name, events.c.data)
            .where(events.c.sender_id == conversation, events.c.type_name.in_(("user", "bot")))
            .order_by(events.c.id)
        )
        replies: list[dict[str, Any]] | None = None
        with self.engine.connect() as connection:
            for kind, data in connection.execute(query):
                event = json.loads(data)
                if kind == "user" and replies is not None:
                    return replies
                if kind == "user" and event.get("message_id") == message_id:
                    replies = []
                elif kind == "bot" and replies is not None:
                    replies.append(event)
        return replies


def prepare_sqlite(engine: sa.engine.Engine) -> None:
    """From the next connection on: wait a bounded time for the lock, and overwrite deleted content with zeros."""

    @sa.event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {SQLITE_BUSY_MS}")
        cursor.execute("PRAGMA secure_delete = ON")
        cursor.close()

    engine.dispose()
