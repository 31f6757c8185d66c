"""The inbox: every message is written down before it is handled, and its answer afterwards.

It makes a message count once (the same id gets the answer that was given, also after a restart and from another
process) and lets a reloaded page show the conversation as the person saw it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.stores.data_keys import make_seal, seal_of
from bot.stores.database import Database
from bot.stores.sealing import Seal
from bot.stores.tables import INBOX, insert_new, mark_of

Answer = list[dict[str, Any]]


class ErasedError(Exception):
    """The conversation was erased while its message waited."""


@dataclass(frozen=True)
class Entry:
    """A message in the inbox: ``known`` if it was there already, ``answer`` once it has one."""

    known: bool
    answer: Answer | None


class Inbox:
    """Messages and answers of all conversations; every method may raise ``SQLAlchemyError`` or a time-out."""

    def __init__(self, database: Database, *, now: Callable[[], float] = time.time) -> None:
        """Of a database whose tables are there (`bot.stores.start.prepare`)."""
        self._database = database
        self._now = now

    async def open(self, conversation: str, message_id: str, message: str) -> Entry:
        """Write a message down, unless it is there already."""
        return await self._database.run(self._open, conversation, message_id, message, False)

    async def open_again(self, conversation: str, message_id: str, message: str) -> Entry:
        """The same for a message that was open before; ErasedError if the conversation is gone since."""
        return await self._database.run(self._open, conversation, message_id, message, True)

    async def close(self, conversation: str, message_id: str, answer: Answer) -> None:
        """Write the answer to a message down."""
        await self._database.run(self._close, conversation, message_id, answer)

    async def forget(self, conversation: str, message_id: str) -> None:
        """Take a message out again that could not be handled, so that it can be sent once more."""
        await self._database.run(lambda c: c.execute(INBOX.delete().where(_is(conversation, message_id))))

    async def turns(self, conversation: str) -> list[dict[str, Any]]:
        """The conversation in order: ``{"id", "at", "message", "answers"}``, ``at`` in seconds since 1970.

        No answers yet where none was given.
        """
        return await self._database.run(self._turns, conversation)

    def _open(self, connection: Connection, conversation: str, message_id: str, message: str, again: bool) -> Entry:
        keyring, mark = self._database.keyring, mark_of(conversation, message_id)
        seal = seal_of(connection, keyring, conversation)
        if seal is None:
            if again:
                raise ErasedError
            seal = make_seal(connection, keyring, conversation, self._now())
        found = sa.select(INBOX.c.answer).where(_is(conversation, message_id))
        row = connection.execute(found).first()
        if row is None:
            sealed = seal.close(json.dumps({"id": message_id, "text": message}), f"message/{mark}")
            values = {"conversation": conversation, "mark": mark, "message": sealed, "received": self._now()}
            if insert_new(connection, INBOX, **values):
                return Entry(known=again, answer=None)
            row = connection.execute(found).one()  # written by another process in between
        return Entry(known=True, answer=_answer(seal, mark, row.answer))

    def _close(self, connection: Connection, conversation: str, message_id: str, answer: Answer) -> None:
        seal = seal_of(connection, self._database.keyring, conversation)
        if seal is None:
            raise ErasedError
        sealed = seal.close(json.dumps(answer), f"answer/{mark_of(conversation, message_id)}")
        connection.execute(INBOX.update().where(_is(conversation, message_id)).values(answer=sealed))

    def _turns(self, connection: Connection, conversation: str) -> list[dict[str, Any]]:
        seal = seal_of(connection, self._database.keyring, conversation)
        if seal is None:
            return []
        query = sa.select(INBOX).where(INBOX.c.conversation == conversation).order_by(INBOX.c.number)
        return [_turn(seal, row) for row in connection.execute(query)]


def _turn(seal: Seal, row: Any) -> dict[str, Any]:
    message = json.loads(seal.open(row.message, f"message/{row.mark}"))
    answers = _answer(seal, row.mark, row.answer) or []
    return {"id": message["id"], "at": row.received, "message": message["text"], "answers": answers}


def _answer(seal: Seal, mark: str, sealed: bytes | None) -> Answer | None:
    return None if sealed is None else list(json.loads(seal.open(sealed, f"answer/{mark}")))


def _is(conversation: str, message_id: str) -> Any:
    return sa.and_(INBOX.c.conversation == conversation, INBOX.c.mark == mark_of(conversation, message_id))
