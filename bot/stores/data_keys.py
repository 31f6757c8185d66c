"""The data keys of the conversations: made with the first thing that is kept, gone with the conversation."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.stores.sealing import Keyring, Seal, new_key
from bot.stores.tables import KEYS, insert_new

BATCH = 500


def seal_of(connection: Connection, keyring: Keyring, conversation: str) -> Seal | None:
    """The seal of a conversation; None if nothing is kept of it. UnknownMasterError if its master key is missing."""
    row = connection.execute(sa.select(KEYS).where(KEYS.c.conversation == conversation)).first()
    return row and Seal(conversation, keyring.unwrapped(conversation, row.master, row.wrapped))


def make_seal(connection: Connection, keyring: Keyring, conversation: str, now: float) -> Seal:
    """The seal of a conversation, its key drawn if there is none."""
    found = seal_of(connection, keyring, conversation)
    if found is not None:
        return found
    key = new_key()
    master, wrapped = keyring.wrapped(conversation, key)
    if insert_new(connection, KEYS, conversation=conversation, master=master, wrapped=wrapped, made=now):
        return Seal(conversation, key)
    other = seal_of(connection, keyring, conversation)  # made by another process in between
    assert other is not None
    return other


def missing_masters(connection: Connection, keyring: Keyring) -> list[str]:
    """Ids of master keys that data keys are wrapped by, and that are not at hand."""
    known = sa.select(KEYS.c.master).where(KEYS.c.master.not_in(keyring.ids)).distinct()
    return sorted(row.master for row in connection.execute(known))


def rewrap(connection: Connection, keyring: Keyring) -> int:
    """Wrap up to `BATCH` data keys by the newest master key that are not yet; how many there were."""
    newest = keyring.ids[0]
    rows = connection.execute(sa.select(KEYS).where(KEYS.c.master != newest).limit(BATCH).with_for_update()).all()
    for row in rows:
        key = keyring.unwrapped(row.conversation, row.master, row.wrapped)
        master, wrapped = keyring.wrapped(row.conversation, key)
        change = KEYS.update().where(KEYS.c.conversation == row.conversation)
        connection.execute(change.values(master=master, wrapped=wrapped))
    return len(rows)
