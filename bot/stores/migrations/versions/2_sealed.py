"""What people write is ciphertext, a key for each conversation; a turn loads the tail of its conversation.

Talks that were kept in plain text are sealed, and the plain tables are gone afterwards. Their tail begins at the last
session's start, as Rasa would have loaded them; the next turn makes it short.
"""

import json
import time
from collections.abc import Iterable
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import context, op

from bot.stores.data_keys import make_seal
from bot.stores.sealing import Seal
from bot.stores.tables import mark_of

revision = "2"
down_revision = "1"

SESSION = "session_started"
CONVERSATION = sa.String(64)


def upgrade() -> None:
    """Take what the plain tables hold, replace them, put it back sealed."""
    connection = op.get_bind()
    events = _rows(connection, "events", "sender_id", "id", "type_name", "timestamp", "data")
    messages = _rows(connection, "inbox", "conversation", "number", "message_id", "received", "message", "answer")
    op.drop_table("events")
    op.drop_table("inbox")
    _make_tables(context.config.attributes["keys_schema"])
    for conversation, group in groupby(events, key=lambda row: row.sender_id):
        _seal_events(_seal(connection, conversation), list(group))
    for conversation, group in groupby(messages, key=lambda row: row.conversation):
        _seal_messages(_seal(connection, conversation), group)


def _rows(connection: sa.engine.Connection, table: str, *columns: str) -> list[Any]:
    """All of a table, conversation by conversation, in order."""
    named = [sa.column(name) for name in columns]
    return connection.execute(sa.select(*named).select_from(sa.table(table)).order_by(*named[:2])).all()


def _make_tables(keys: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.schema.CreateSchema(keys))
    op.create_table(
        "events",
        sa.Column("conversation", CONVERSATION, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("at", sa.Float, nullable=False, index=True),
        sa.Column("mark", sa.String(32)),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Index("events_by_mark", "conversation", "mark"),
    )
    op.create_table(
        "tails",
        sa.Column("conversation", CONVERSATION, primary_key=True),
        sa.Column("first", sa.Integer, nullable=False),
        sa.Column("at", sa.Float, nullable=False, index=True),
        sa.Column("state", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "inbox",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("conversation", CONVERSATION, nullable=False),
        sa.Column("mark", sa.String(32), nullable=False),
        sa.Column("received", sa.Float, nullable=False, index=True),
        sa.Column("message", sa.LargeBinary, nullable=False),
        sa.Column("answer", sa.LargeBinary),
        sa.UniqueConstraint("conversation", "mark", name="inbox_once"),
    )
    op.create_table(
        "duties",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("done", sa.Float, nullable=False),
    )
    op.create_table(
        "conversations",
        sa.Column("conversation", CONVERSATION, primary_key=True),
        sa.Column("master", sa.String(16), nullable=False, index=True),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
        sa.Column("made", sa.Float, nullable=False, index=True),
        schema=keys,
    )


def _seal(connection: sa.engine.Connection, conversation: str) -> Seal:
    return make_seal(connection, context.config.attributes["keyring"], conversation, time.time())


def _seal_events(seal: Seal, rows: list[Any]) -> None:
    table = _table("events", "conversation", "number", "kind", "at", "mark", "data")
    for number, row in enumerate(rows):
        said = json.loads(row.data).get("message_id") if row.type_name == "user" else None
        op.execute(
            table.insert().values(
                conversation=seal.conversation,
                number=number,
                kind=row.type_name,
                at=row.timestamp or 0.0,
                mark=said and mark_of(seal.conversation, said),
                data=seal.close(row.data, f"event/{number}"),
            )
        )
    first = max((number for number, row in enumerate(rows) if row.type_name == SESSION), default=0)
    state = seal.close(json.dumps({"slots": {}, "loop": None, "said": {}}), "tail")
    values = {"conversation": seal.conversation, "first": first, "at": rows[-1].timestamp or 0.0, "state": state}
    op.execute(_table("tails", *values).insert().values(values))


def _seal_messages(seal: Seal, rows: Iterable[Any]) -> None:
    table = _table("inbox", "conversation", "mark", "received", "message", "answer")
    for row in rows:
        mark = mark_of(seal.conversation, row.message_id)
        message = json.dumps({"id": row.message_id, "text": row.message})
        op.execute(
            table.insert().values(
                conversation=seal.conversation,
                mark=mark,
                received=row.received,
                message=seal.close(message, f"message/{mark}"),
                answer=seal.close(row.answer, f"answer/{mark}") if row.answer else None,
            )
        )


def _table(name: str, *columns: str) -> Any:
    return sa.table(name, *map(sa.column, columns))
