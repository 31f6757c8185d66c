"""What comes from and goes to messaging platforms, written down, sealed, before it is confirmed.

A letter is one thing a person did (a text, a press); its posts are what the bot sends in return. A letter is written
before the platform is told "received", its posts before they are sent, and each is ticked off afterwards, so that after
a crash the rest can be taken up where it stopped. Once all is delivered only a digest of the event's number stays, so
that it is not handled again; words and addresses go. Every method may raise one of `STORE_ERRORS`.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.stores.data_keys import make_seal, seal_of
from bot.stores.database import Database
from bot.stores.inbox import ErasedError
from bot.stores.sealing import Seal
from bot.stores.tables import CONSENTS, LEASES, LETTERS, OFFERS, POSTS, insert_new

STORE_ERRORS = (sa.exc.SQLAlchemyError, asyncio.TimeoutError, TimeoutError, ErasedError)

Body = dict[str, Any]


class Accepted(Enum):
    """What became of a letter. NOBODY: there is no consent to keep it; FULL: too many wait already."""

    NEW = "new"
    KNOWN = "known"
    NOBODY = "nobody"
    FULL = "full"


@dataclass(frozen=True)
class Letter:
    """One event. ``body`` is JSON-ready; ``number`` orders the letters of a conversation as they were accepted."""

    channel: str
    event: str
    conversation: str
    body: Body
    number: int = 0
    answered: bool = False
    received: float = 0.0  # seconds since 1970

    @property
    def mark(self) -> str:
        """What stands for the event in the tables."""
        return hashlib.sha256(f"{self.channel}/{self.event}".encode()).hexdigest()[:32]


class Letters:
    """Letters, posts, offers, consents and who works on which conversation."""

    def __init__(self, database: Database, *, now: Callable[[], float] = time.time) -> None:
        """Of a database whose tables are there (`bot.stores.start.prepare`)."""
        self._database = database
        self._now = now

    async def accept(self, letter: Letter, *, consent: int, most: int) -> Accepted:
        """Write a letter down if its person has agreed to this version, and no more than ``most`` wait."""
        return await self._database.run(self._accept, letter, consent, most)

    async def agree(self, letters: Sequence[Letter], *, consent: int) -> None:
        """Write down that a person has agreed, with the letters (at least one) that have waited for it."""
        await self._database.run(self._agree, letters, consent)

    async def consent(self, conversation: str) -> int | None:
        """The version of the privacy text that was agreed to; None without consent."""
        query = sa.select(CONSENTS.c.version).where(CONSENTS.c.conversation == conversation)
        return await self._database.run(lambda connection: connection.execute(query).scalar())

    async def next(self, channel: str, conversation: str) -> Letter | None:
        """The oldest letter of a conversation that is not finished."""
        return await self._database.run(self._next, channel, conversation)

    async def waiting(self, channel: str, conversation: str) -> int:
        """How many letters of a conversation are not finished."""
        return await self._database.run(_waiting, channel, conversation)

    async def conversations(self, channel: str) -> list[str]:
        """Conversations with letters that are not finished."""
        query = sa.select(LETTERS.c.conversation).where(_open(channel)).distinct()
        return await self._database.run(lambda connection: list(connection.execute(query).scalars()))

    async def add_posts(self, letter: Letter, posts: Sequence[Body], *, final: bool, offer: Body | None = None) -> None:
        """Write down what is to be sent for a letter; ``final`` if no more will come. ``offer`` replaces the former."""
        await self._database.run(self._add_posts, letter, posts, final, offer)

    async def said(self, letter: Letter, posts: Sequence[Body]) -> None:
        """Note what was sent for a letter past the queue, so that it is not said again."""
        await self._database.run(self._said, letter, posts)

    async def posts(self, letter: Letter) -> list[tuple[int, Body, bool]]:
        """A letter's posts in order: position, body, whether it was sent."""
        return await self._database.run(self._posts, letter)

    async def sent(self, letter: Letter, position: int, *, offer: Body | None = None) -> None:
        """Tick a post off: the platform has accepted it. ``offer``: the last one, now that it is shown."""
        await self._database.run(self._sent, letter, position, offer)

    async def finish(self, letter: Letter) -> None:
        """All is delivered: words and address go, the event's mark stays."""
        await self._database.run(_finish, letter.number)

    async def offer(self, conversation: str) -> Body | None:
        """What was offered to a conversation last."""
        return await self._database.run(self._offer, conversation)

    async def lease(self, conversation: str, owner: str, seconds: float) -> bool:
        """Take a conversation, so that no other process works on it; False while another has it."""
        if not self._database.is_shared:
            return True
        return await self._database.run(_lease, conversation, owner, self._now(), seconds)

    async def renew(self, owner: str, seconds: float) -> None:
        """Keep everything that this owner has taken."""
        if self._database.is_shared:
            change = LEASES.update().where(LEASES.c.owner == owner).values(until=self._now() + seconds)
            await self._database.run(lambda connection: connection.execute(change))

    async def release(self, owner: str, conversation: str | None = None) -> None:
        """Give a conversation back, or all that this owner has."""
        if self._database.is_shared:
            which = sa.true() if conversation is None else LEASES.c.conversation == conversation
            change = LEASES.delete().where(LEASES.c.owner == owner, which)
            await self._database.run(lambda connection: connection.execute(change))

    def _accept(self, connection: Connection, letter: Letter, consent: int, most: int) -> Accepted:
        given = sa.select(CONSENTS.c.version).where(CONSENTS.c.conversation == letter.conversation)
        if connection.execute(given).scalar() != consent:
            return Accepted.NOBODY
        if _waiting(connection, letter.channel, letter.conversation) >= most:
            return Accepted.FULL
        return Accepted.NEW if self._write(connection, letter) else Accepted.KNOWN

    def _agree(self, connection: Connection, letters: Sequence[Letter], consent: int) -> None:
        _put(connection, CONSENTS, letters[0].conversation, version=consent, at=self._now())
        for letter in letters:
            self._write(connection, letter)

    def _write(self, connection: Connection, letter: Letter) -> bool:
        seal = make_seal(connection, self._database.keyring, letter.conversation, self._now())
        body = seal.close(json.dumps({"event": letter.event, **letter.body}), f"letter/{letter.mark}")
        values = {"channel": letter.channel, "mark": letter.mark, "conversation": letter.conversation, "body": body}
        return insert_new(connection, LETTERS, received=self._now(), answered=False, finished=False, **values)

    def _next(self, connection: Connection, channel: str, conversation: str) -> Letter | None:
        query = sa.select(LETTERS).where(_open(channel), LETTERS.c.conversation == conversation)
        row = connection.execute(query.order_by(LETTERS.c.number).limit(1)).first()
        if row is None:
            return None
        body = json.loads(self._seal(connection, conversation).open(row.body, f"letter/{row.mark}"))
        event = body.pop("event")
        return Letter(channel, event, conversation, body, row.number, row.answered, row.received)

    def _add_posts(
        self, connection: Connection, letter: Letter, posts: Sequence[Body], final: bool, offer: Body | None
    ) -> None:
        seal = self._seal(connection, letter.conversation)
        self._insert_posts(connection, seal, letter.number, posts, sent=False)
        self._put_offer(connection, seal, offer)
        if final:
            connection.execute(LETTERS.update().where(LETTERS.c.number == letter.number).values(answered=True))

    def _said(self, connection: Connection, letter: Letter, posts: Sequence[Body]) -> None:
        number = connection.execute(sa.select(LETTERS.c.number).where(LETTERS.c.mark == letter.mark)).scalar()
        if number is not None:
            self._insert_posts(connection, self._seal(connection, letter.conversation), number, posts, sent=True)

    def _insert_posts(
        self, connection: Connection, seal: Seal, number: int, posts: Sequence[Body], *, sent: bool
    ) -> None:
        first = connection.execute(sa.select(sa.func.count()).where(POSTS.c.letter == number)).scalar() or 0
        for position, post in enumerate(posts, start=first):
            body = seal.close(json.dumps(post), f"post/{number}/{position}")
            values = {"letter": number, "position": position, "conversation": seal.conversation}
            connection.execute(POSTS.insert().values(**values, at=self._now(), body=body, sent=sent))

    def _posts(self, connection: Connection, letter: Letter) -> list[tuple[int, Body, bool]]:
        seal = self._seal(connection, letter.conversation)
        query = sa.select(POSTS).where(POSTS.c.letter == letter.number).order_by(POSTS.c.position)
        return [
            (row.position, json.loads(seal.open(row.body, f"post/{letter.number}/{row.position}")), row.sent)
            for row in connection.execute(query)
        ]

    def _sent(self, connection: Connection, letter: Letter, position: int, offer: Body | None) -> None:
        where = sa.and_(POSTS.c.letter == letter.number, POSTS.c.position == position)
        connection.execute(POSTS.update().where(where).values(sent=True))
        self._put_offer(connection, self._seal(connection, letter.conversation), offer)

    def _put_offer(self, connection: Connection, seal: Seal, offer: Body | None) -> None:
        if offer is not None:
            body = seal.close(json.dumps(offer), "offer")
            _put(connection, OFFERS, seal.conversation, body=body, at=self._now())

    def _offer(self, connection: Connection, conversation: str) -> Body | None:
        sealed = connection.execute(sa.select(OFFERS.c.body).where(OFFERS.c.conversation == conversation)).scalar()
        if sealed is None:
            return None
        offer: Body = json.loads(self._seal(connection, conversation).open(sealed, "offer"))
        return offer

    def _seal(self, connection: Connection, conversation: str) -> Seal:
        seal = seal_of(connection, self._database.keyring, conversation)
        if seal is None:
            raise ErasedError
        return seal


def _waiting(connection: Connection, channel: str, conversation: str) -> int:
    query = sa.select(sa.func.count()).where(_open(channel), LETTERS.c.conversation == conversation)
    return int(connection.execute(query).scalar() or 0)


def _finish(connection: Connection, number: int) -> None:
    connection.execute(POSTS.delete().where(POSTS.c.letter == number))
    change = LETTERS.update().where(LETTERS.c.number == number)
    connection.execute(change.values(body=None, answered=True, finished=True))


def _lease(connection: Connection, conversation: str, owner: str, now: float, seconds: float) -> bool:
    values = {"owner": owner, "until": now + seconds}
    if insert_new(connection, LEASES, conversation=conversation, **values):
        return True
    free = sa.or_(LEASES.c.owner == owner, LEASES.c.until < now)
    change = LEASES.update().where(LEASES.c.conversation == conversation, free)
    return bool(connection.execute(change.values(**values)).rowcount)


def _open(channel: str) -> Any:
    return sa.and_(LETTERS.c.channel == channel, LETTERS.c.finished.is_(False))


def _put(connection: Connection, table: sa.Table, conversation: str, **values: Any) -> None:
    """Write a conversation's only row of a table."""
    if not insert_new(connection, table, conversation=conversation, **values):
        connection.execute(table.update().where(table.c.conversation == conversation).values(**values))
