"""What comes from and goes to messaging platforms, written down before it is confirmed.

A letter is one thing a person did (a text, a press); its posts are what the bot sends in return. A letter is written
before the platform is told "received", its posts before they are sent, and each is ticked off afterwards, so that after
a crash the rest can be taken up where it stopped. Once all is delivered only the event's number stays, so that it is
not handled again; words and addresses go. Every method may raise ``SQLAlchemyError``.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

Body = dict[str, Any]

_METADATA = sa.MetaData()
_LETTERS = sa.Table(
    "letters",
    _METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("event", sa.String(64), nullable=False),
    sa.Column("conversation", sa.String(64), nullable=False, index=True),
    sa.Column("received", sa.Float, nullable=False),
    sa.Column("body", sa.Text),  # until it is finished
    sa.Column("answered", sa.Boolean, nullable=False, default=False),
    sa.Column("finished", sa.Boolean, nullable=False, default=False, index=True),
    sa.UniqueConstraint("channel", "event"),
)
_POSTS = sa.Table(
    "posts",
    _METADATA,
    sa.Column("letter", sa.Integer, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("sent", sa.Boolean, nullable=False, default=False),
)
_OFFERS = sa.Table(
    "offers",
    _METADATA,
    sa.Column("conversation", sa.String(64), primary_key=True),
    sa.Column("body", sa.Text, nullable=False),
)
_CONSENTS = sa.Table(
    "consents",
    _METADATA,
    sa.Column("conversation", sa.String(64), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("given", sa.Float, nullable=False),
)
_LEASES = sa.Table(
    "leases",
    _METADATA,
    sa.Column("conversation", sa.String(64), primary_key=True),
    sa.Column("owner", sa.String(64), nullable=False),
    sa.Column("until", sa.Float, nullable=False),
)


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


class Letters:
    """Letters, posts, offers, consents and who works on which conversation."""

    def __init__(self, engine: sa.engine.Engine, *, now: Callable[[], float] = time.time) -> None:
        """Use ``engine``'s database; tables are made if they are missing."""
        self._engine = engine
        self._now = now
        _METADATA.create_all(engine)

    def accept(self, letters: Sequence[Letter], *, consent: int | None = None) -> int:
        """Write letters down, in order, and the consent that came with them; how many were new."""
        for last_try in (False, True):
            try:
                with self._engine.begin() as connection:
                    if letters and consent is not None:
                        _put(connection, _CONSENTS, letters[0].conversation, version=consent, given=self._now())
                    rows = [self._row(letter) for letter in letters if not _known(connection, letter)]
                    if rows:
                        connection.execute(_LETTERS.insert(), rows)
                    return len(rows)
            except sa.exc.IntegrityError:  # one came to another process at the same moment
                if last_try:
                    raise
        raise AssertionError("unreachable")

    def consent(self, conversation: str) -> int | None:
        """The version of the privacy text that was agreed to; None without consent."""
        query = sa.select(_CONSENTS.c.version).where(_CONSENTS.c.conversation == conversation)
        with self._engine.connect() as connection:
            return connection.execute(query).scalar()

    def next(self, channel: str, conversation: str) -> Letter | None:
        """The oldest letter of a conversation that is not finished."""
        query = sa.select(_LETTERS).where(_open(channel), _LETTERS.c.conversation == conversation)
        with self._engine.connect() as connection:
            row = connection.execute(query.order_by(_LETTERS.c.number).limit(1)).first()
        return None if row is None else _letter(row)

    def waiting(self, channel: str, conversation: str) -> int:
        """How many letters of a conversation are not finished."""
        query = sa.select(sa.func.count()).where(_open(channel), _LETTERS.c.conversation == conversation)
        with self._engine.connect() as connection:
            return int(connection.execute(query).scalar() or 0)

    def conversations(self, channel: str) -> list[str]:
        """Conversations with letters that are not finished."""
        query = sa.select(_LETTERS.c.conversation).where(_open(channel)).distinct()
        with self._engine.connect() as connection:
            return list(connection.execute(query).scalars())

    def add_posts(self, letter: Letter, posts: Sequence[Body], *, final: bool, offer: Body | None = None) -> None:
        """Write down what is to be sent for a letter; ``final`` if no more will come. ``offer`` replaces the former."""
        with self._engine.begin() as connection:
            count = sa.select(sa.func.count()).where(_POSTS.c.letter == letter.number)
            first = connection.execute(count).scalar() or 0
            for position, post in enumerate(posts, start=first):
                values = {"letter": letter.number, "position": position, "body": _packed(post), "sent": False}
                connection.execute(_POSTS.insert().values(**values))
            if offer is not None:
                _put(connection, _OFFERS, letter.conversation, body=_packed(offer))
            if final:
                where = _LETTERS.c.number == letter.number
                connection.execute(_LETTERS.update().where(where).values(answered=True))

    def posts(self, letter: Letter) -> list[tuple[int, Body, bool]]:
        """A letter's posts in order: position, body, whether it was sent."""
        query = sa.select(_POSTS).where(_POSTS.c.letter == letter.number).order_by(_POSTS.c.position)
        with self._engine.connect() as connection:
            return [(row.position, _unpacked(row.body), row.sent) for row in connection.execute(query)]

    def sent(self, letter: Letter, position: int, *, offer: Body | None = None) -> None:
        """Tick a post off: the platform has accepted it. ``offer``: the last one, now that it is shown."""
        where = sa.and_(_POSTS.c.letter == letter.number, _POSTS.c.position == position)
        with self._engine.begin() as connection:
            connection.execute(_POSTS.update().where(where).values(sent=True))
            if offer is not None:
                _put(connection, _OFFERS, letter.conversation, body=_packed(offer))

    def finish(self, letter: Letter, *, forget: bool = False) -> None:
        """All is delivered: words and address go, the event's number stays; with ``forget`` that goes too."""
        where = _LETTERS.c.number == letter.number
        change = _LETTERS.delete() if forget else _LETTERS.update().values(body=None, answered=True, finished=True)
        with self._engine.begin() as connection:
            connection.execute(_POSTS.delete().where(_POSTS.c.letter == letter.number))
            connection.execute(change.where(where))

    def offer(self, conversation: str) -> Body | None:
        """What was offered to a conversation last."""
        query = sa.select(_OFFERS.c.body).where(_OFFERS.c.conversation == conversation)
        with self._engine.connect() as connection:
            body = connection.execute(query).scalar()
        return None if body is None else _unpacked(body)

    def erase(self, conversation: str, *, but: Letter | None = None) -> int:
        """Delete all of a conversation, its consent included, except the letter that asks for it; how many letters."""
        ours = sa.and_(_LETTERS.c.conversation == conversation, _LETTERS.c.number != (but.number if but else 0))
        with self._engine.begin() as connection:
            numbers = sa.select(_LETTERS.c.number).where(ours)
            connection.execute(_POSTS.delete().where(_POSTS.c.letter.in_(numbers)))
            for table in (_OFFERS, _CONSENTS):
                connection.execute(table.delete().where(table.c.conversation == conversation))
            return int(connection.execute(_LETTERS.delete().where(ours)).rowcount)

    def lease(self, conversation: str, owner: str, seconds: float) -> bool:
        """Take a conversation, so that no other process works on it; False while another has it."""
        now = self._now()
        free = sa.or_(_LEASES.c.owner == owner, _LEASES.c.until < now)
        values = {"owner": owner, "until": now + seconds}
        try:
            with self._engine.begin() as connection:
                change = _LEASES.update().where(_LEASES.c.conversation == conversation, free).values(**values)
                if connection.execute(change).rowcount == 0:
                    connection.execute(_LEASES.insert().values(conversation=conversation, **values))
        except sa.exc.IntegrityError:
            return False
        return True

    def renew(self, owner: str, seconds: float) -> None:
        """Keep everything that this owner has taken."""
        with self._engine.begin() as connection:
            change = _LEASES.update().where(_LEASES.c.owner == owner)
            connection.execute(change.values(until=self._now() + seconds))

    def release(self, owner: str, conversation: str | None = None) -> None:
        """Give a conversation back, or all that this owner has."""
        where = _LEASES.c.owner == owner
        if conversation is not None:
            where = sa.and_(where, _LEASES.c.conversation == conversation)
        with self._engine.begin() as connection:
            connection.execute(_LEASES.delete().where(where))

    def release_all(self) -> None:
        """Free what a process that has died had taken; for the only process of a database."""
        with self._engine.begin() as connection:
            connection.execute(_LEASES.delete())

    def _row(self, letter: Letter) -> Mapping[str, Any]:
        return {
            "channel": letter.channel,
            "event": letter.event,
            "conversation": letter.conversation,
            "received": self._now(),
            "body": _packed(letter.body),
            "answered": False,
            "finished": False,
        }


def _known(connection: sa.engine.Connection, letter: Letter) -> bool:
    query = sa.select(_LETTERS.c.number).where(_LETTERS.c.channel == letter.channel, _LETTERS.c.event == letter.event)
    return connection.execute(query).first() is not None


def _open(channel: str) -> Any:
    return sa.and_(_LETTERS.c.channel == channel, _LETTERS.c.finished.is_(False))


def _letter(row: Any) -> Letter:
    return Letter(row.channel, row.event, row.conversation, _unpacked(row.body), row.number, row.answered, row.received)


def _put(connection: sa.engine.Connection, table: sa.Table, conversation: str, **values: Any) -> None:
    """Write a conversation's only row of a table."""
    if connection.execute(table.update().where(table.c.conversation == conversation).values(**values)).rowcount == 0:
        connection.execute(table.insert().values(conversation=conversation, **values))


def _packed(body: Body) -> str:
    return json.dumps(body)


def _unpacked(body: str) -> Body:
    unpacked: Body = json.loads(body)
    return unpacked
