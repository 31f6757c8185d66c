"""What "delete my data" does: every row of a conversation goes, its key with them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.engine import Connection

from bot.stores.tables import CONSENTS, EVENTS, INBOX, KEYS, LEASES, LETTERS, OFFERS, POSTS, TAILS

# Every table with something of a conversation; one that is added later has to be added here (a test looks).
OF_A_CONVERSATION = (EVENTS, TAILS, INBOX, LETTERS, POSTS, OFFERS, CONSENTS, LEASES, KEYS)


@dataclass(frozen=True)
class Erased:
    """How much there was."""

    events: int
    messages: int


def erase(connection: Connection, conversation: str) -> Erased:
    """Delete every row of a conversation."""
    gone = {
        table.fullname: connection.execute(table.delete().where(table.c.conversation == conversation)).rowcount
        for table in OF_A_CONVERSATION
    }
    return Erased(events=gone[EVENTS.fullname], messages=gone[INBOX.fullname])
