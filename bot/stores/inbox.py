"""The inbox: every message is written down before it is handled, and its answer afterwards.

It makes a message count once (the same id gets the answer that was given, also after a restart) and
lets a reloaded page show the conversation as the person saw it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

Answer = list[dict[str, Any]]

_METADATA = sa.MetaData()
_INBOX = sa.Table(
    "inbox",
    _METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("conversation", sa.String(64), nullable=False, index=True),
    sa.Column("message_id", sa.String(64), nullable=False),
    sa.Column("received", sa.Float, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("answer", sa.Text),
    sa.UniqueConstraint("conversation", "message_id"),
)


@dataclass(frozen=True)
class Entry:
    """A message in the inbox: ``known`` if it was there already, ``answer`` once it has one."""

    known: bool
    answer: Answer | None


class Inbox:
    """Messages and answers of all conversations; every method may raise ``SQLAlchemyError``."""

    def __init__(self, engine: sa.engine.Engine, *, now: Callable[[], float] = time.time) -> None:
        """Use ``engine``'s database; the table is made if it is missing."""
        self._engine = engine
        self._now = now
        _METADATA.create_all(engine)

    def open(self, conversation: str, message_id: str, message: str) -> Entry:
        """Write a message down, unless it is there already."""
        where = _is(conversation, message_id)
        with self._engine.begin() as connection:
            row = connection.execute(sa.select(_INBOX.c.answer).where(where)).first()
            if row is not None:
                return Entry(known=True, answer=json.loads(row.answer) if row.answer else None)
            values = {"conversation": conversation, "message_id": message_id, "message": message}
            connection.execute(_INBOX.insert().values(received=self._now(), **values))
        return Entry(known=False, answer=None)

    def close(self, conversation: str, message_id: str, answer: Answer) -> None:
        """Write the answer to a message down."""
        with self._engine.begin() as connection:
            values = {"answer": json.dumps(answer)}
            connection.execute(_INBOX.update().where(_is(conversation, message_id)).values(**values))

    def forget(self, conversation: str, message_id: str) -> None:
        """Take a message out again that could not be handled, so that it can be sent once more."""
        with self._engine.begin() as connection:
            connection.execute(_INBOX.delete().where(_is(conversation, message_id)))

    def turns(self, conversation: str) -> list[dict[str, Any]]:
        """The conversation in order: ``{"id", "at", "message", "answers"}``, ``at`` in seconds since 1970.

        No answers yet where none was given.
        """
        query = sa.select(_INBOX).where(_INBOX.c.conversation == conversation).order_by(_INBOX.c.number)
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [
            {
                "id": row.message_id,
                "at": row.received,
                "message": row.message,
                "answers": json.loads(row.answer or "[]"),
            }
            for row in rows
        ]

    def erase(self, conversation: str) -> int:
        """Delete a conversation; how many messages it had."""
        with self._engine.begin() as connection:
            return int(connection.execute(_INBOX.delete().where(_INBOX.c.conversation == conversation)).rowcount)


def _is(conversation: str, message_id: str) -> Any:
    return sa.and_(_INBOX.c.conversation == conversation, _INBOX.c.message_id == message_id)
