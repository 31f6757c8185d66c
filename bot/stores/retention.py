"""Nothing is kept longer than it has to be: what is older than 30 days (``BOT_KEEP_DAYS``) goes, by itself."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.stores.database import Database
from bot.stores.tables import CONSENTS, DUTIES, EVENTS, INBOX, KEYS, LETTERS, OFFERS, POSTS, TAILS

logger = logging.getLogger(__name__)

DAYS_VARIABLE = "BOT_KEEP_DAYS"
DEFAULT_DAYS = 30.0
DAY_S = 24 * 3600.0
EVERY_S = 3600.0  # between two purges of a running bot
ALARM_HOURS = 24  # without one
PURGE_S = 300
DUTY = "purge"


@dataclass(frozen=True)
class Purged:
    """How many rows were too old."""

    events: int
    messages: int
    conversations: int  # of which nothing is left, so that their key went too


class Retention:
    """Purges one database; ``now`` in seconds since 1970."""

    def __init__(self, database: Database, *, days: float | None = None, now: Callable[[], float] = time.time) -> None:
        """``days`` as the environment says, else 30."""
        self._database = database
        self._age = (days_kept() if days is None else days) * DAY_S
        self._now = now

    async def purge(self) -> Purged:
        """Delete what is too old; SQLAlchemyError if that cannot be done now. May take longer than a turn's SQL."""
        return await asyncio.to_thread(self._database.now, self.purge_in)

    def purge_in(self, connection: Connection) -> Purged:
        """The same in a transaction."""
        if self._database.is_shared:
            connection.execute(sa.text(f"set local statement_timeout = {PURGE_S * 1000}"))
        now = self._now()
        oldest = now - self._age
        events = connection.execute(EVENTS.delete().where(EVENTS.c.at < oldest)).rowcount
        messages = connection.execute(INBOX.delete().where(INBOX.c.received < oldest)).rowcount
        connection.execute(TAILS.delete().where(TAILS.c.at < oldest))
        connection.execute(LETTERS.delete().where(LETTERS.c.received < oldest))
        connection.execute(POSTS.delete().where(POSTS.c.at < oldest))
        left = sa.union(*(sa.select(table.c.conversation) for table in (EVENTS, TAILS, INBOX, LETTERS)))
        for table in (OFFERS, CONSENTS):  # as old as they may be while their conversation goes on
            connection.execute(table.delete().where(table.c.at < oldest, table.c.conversation.not_in(left)))
        unused = KEYS.delete().where(KEYS.c.made < oldest, KEYS.c.conversation.not_in(left))
        conversations = connection.execute(unused).rowcount
        _note(connection, now)
        return Purged(events, messages, conversations)

    async def keep_purging(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Purge now and every hour, for ever; an alarm in the log while none has ended for a day."""
        began = self._now()
        while True:
            try:
                logger.info("purged: %s", await self.purge())
            except Exception as error:
                logger.error("purge failed: %s", type(error).__name__)
                hours = (self._now() - await self._last(began)) / 3600
                if hours >= ALARM_HOURS:
                    logger.critical("purge overdue: %d h", hours)
            await sleep(EVERY_S)

    async def _last(self, began: float) -> float:
        """When a purge has last ended, in whatever process; ``began`` if nobody knows."""
        try:
            return await self._database.run(_done) or began
        except Exception:  # the failure of the purge itself has just been told
            return began


def days_kept() -> float:
    """``$BOT_KEEP_DAYS``, else 30; ValueError if it is not a number above 0."""
    given = os.environ.get(DAYS_VARIABLE) or str(DEFAULT_DAYS)
    try:
        days = float(given)
    except ValueError:
        days = 0.0
    if not 0 < days < float("inf"):
        raise ValueError(f"{DAYS_VARIABLE}: a number of days above 0, not {given!r}")
    return days


def _note(connection: Connection, now: float) -> None:
    if not connection.execute(DUTIES.update().where(DUTIES.c.name == DUTY).values(done=now)).rowcount:
        connection.execute(DUTIES.insert().values(name=DUTY, done=now))


def _done(connection: Connection) -> float | None:
    done = connection.execute(sa.select(DUTIES.c.done).where(DUTIES.c.name == DUTY)).scalar()
    return None if done is None else float(done)
