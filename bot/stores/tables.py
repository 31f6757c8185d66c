"""The tables as they are now; how they came to be so is in ``migrations/``.

No column holds what anybody wrote, or what was read out of it: ``data``, ``state``, ``message``, ``answer`` and
``body`` are ciphertext (`bot.stores.sealing`), ``mark`` is a digest of the client's message id.
"""

from __future__ import annotations

import hashlib
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.stores.database import KEYS_SCHEMA

METADATA = sa.MetaData()
CONVERSATION = sa.String(64)

# Rasa's events, numbered from 0 in each conversation: who writes a number that is there has lost the lock, and fails.
EVENTS = sa.Table(
    "events",
    METADATA,
    sa.Column("conversation", CONVERSATION, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String(64), nullable=False),  # "user", "bot", "action", "slot" ...
    sa.Column("at", sa.Float, nullable=False, index=True),  # seconds since 1970
    sa.Column("mark", sa.String(32)),  # of a user's message
    sa.Column("data", sa.LargeBinary, nullable=False),
    sa.Index("events_by_mark", "conversation", "mark"),
)
# What a turn needs of a conversation: the state before the event `first`, and the events from there on.
TAILS = sa.Table(
    "tails",
    METADATA,
    sa.Column("conversation", CONVERSATION, primary_key=True),
    sa.Column("first", sa.Integer, nullable=False),
    sa.Column("at", sa.Float, nullable=False, index=True),
    sa.Column("state", sa.LargeBinary, nullable=False),
)
INBOX = sa.Table(
    "inbox",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("conversation", CONVERSATION, nullable=False),
    sa.Column("mark", sa.String(32), nullable=False),
    sa.Column("received", sa.Float, nullable=False, index=True),
    sa.Column("message", sa.LargeBinary, nullable=False),  # {"id", "text"}
    sa.Column("answer", sa.LargeBinary),
    sa.UniqueConstraint("conversation", "mark", name="inbox_once"),
)
# What messaging platforms bring and take (`bot.stores.letters`): events, what is sent in return, the buttons shown
# last, who has agreed to what, and which process works on which conversation.
LETTERS = sa.Table(
    "letters",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("mark", sa.String(32), nullable=False),
    sa.Column("conversation", CONVERSATION, nullable=False, index=True),
    sa.Column("received", sa.Float, nullable=False, index=True),
    sa.Column("body", sa.LargeBinary),  # until it is finished
    sa.Column("answered", sa.Boolean, nullable=False),
    sa.Column("finished", sa.Boolean, nullable=False, index=True),
    sa.UniqueConstraint("mark", name="letters_once"),
)
POSTS = sa.Table(
    "posts",
    METADATA,
    sa.Column("letter", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("conversation", CONVERSATION, nullable=False, index=True),
    sa.Column("at", sa.Float, nullable=False, index=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("sent", sa.Boolean, nullable=False),
)
OFFERS = sa.Table(
    "offers",
    METADATA,
    sa.Column("conversation", CONVERSATION, primary_key=True),
    sa.Column("at", sa.Float, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)
CONSENTS = sa.Table(
    "consents",
    METADATA,
    sa.Column("conversation", CONVERSATION, primary_key=True),
    sa.Column("at", sa.Float, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)
LEASES = sa.Table(
    "leases",
    METADATA,
    sa.Column("conversation", CONVERSATION, primary_key=True),
    sa.Column("owner", sa.String(64), nullable=False),
    sa.Column("until", sa.Float, nullable=False),
)
# When each of the bot's own duties was last done.
DUTIES = sa.Table(
    "duties",
    METADATA,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("done", sa.Float, nullable=False),
)
KEYS = sa.Table(
    "conversations",
    METADATA,
    sa.Column("conversation", CONVERSATION, primary_key=True),
    sa.Column("master", sa.String(16), nullable=False, index=True),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
    sa.Column("made", sa.Float, nullable=False, index=True),
    schema=KEYS_SCHEMA,
)


def mark_of(conversation: str, message_id: str) -> str:
    """What stands for a message id in the tables."""
    return hashlib.sha256(f"{conversation}/{message_id}".encode()).hexdigest()[:32]


def insert_new(connection: sa.engine.Connection, table: sa.Table, **values: Any) -> bool:
    """Insert a row unless its unique columns are taken; whether it was inserted."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).values(**values).on_conflict_do_nothing()
    return bool(connection.execute(statement).rowcount)
