"""One turn of a conversation at a time: in this process, and with PostgreSQL in all processes.

PostgreSQL's advisory locks belong to a connection: when a process dies, however it dies, they are free at once. Who
waits, waits in PostgreSQL's own queue, so that messages are handled in the order in which they were accepted.
Whoever holds a conversation may lock it again (the channel does, then Rasa), so one lock spans a message's whole way.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any
from weakref import WeakValueDictionary

import sqlalchemy as sa
from rasa.core.lock_store import LockError, LockStore
from sqlalchemy.engine import Connection

from bot.stores.database import SQL_S, Database, database, make_engine

LOCK_S = 8.0  # as long as a channel waits for an answer
RUNNING_TURNS = 16  # of one process: each has a connection of its own
RELEASING = 4
_held: ContextVar[frozenset[str]] = ContextVar("held", default=frozenset())


class ConversationLocks(LockStore):
    """The lock store of ``endpoints.yml``; `lock` is all that Rasa and the channels use of it."""

    def __init__(self, endpoint_config: Any = None, *, kept_in: Database | None = None, wait: float = LOCK_S) -> None:
        """In the database that the environment names; with SQLite, which is for one process, in memory."""
        self._wait = wait
        self._local: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        shared = kept_in or database()
        self._advisory = _Advisory(shared.engine.url, wait) if shared.is_shared else None

    @asynccontextmanager
    async def lock(self, conversation_id: str, *_: float, **__: float) -> AsyncIterator[None]:
        """Hold a conversation; LockError if it is not free within 8 s or the database does not answer."""
        if conversation_id in _held.get():
            yield
            return
        local = self._local.setdefault(conversation_id, asyncio.Lock())
        await _acquired(local, self._wait)
        try:
            async with self._everywhere(conversation_id):
                before = _held.set(_held.get() | {conversation_id})
                try:
                    yield
                finally:
                    _held.reset(before)
        finally:
            local.release()

    @asynccontextmanager
    async def _everywhere(self, conversation: str) -> AsyncIterator[None]:
        if self._advisory is None:
            yield
            return
        connection = await self._advisory.acquire(conversation)
        try:
            yield
        finally:
            self._advisory.release(connection, conversation)


async def _acquired(lock: asyncio.Lock, wait: float) -> None:
    """Take a lock of this process. Not with `asyncio.wait_for`, which may lose a cancellation (Python 3.10)."""
    waiting = asyncio.ensure_future(lock.acquire())
    try:
        await asyncio.wait({waiting}, timeout=wait)
    except asyncio.CancelledError:
        _given_back(lock, waiting)
        raise
    if not waiting.done():
        _given_back(lock, waiting)
        raise LockError("a turn of this conversation takes too long")


def _given_back(lock: asyncio.Lock, waiting: asyncio.Future[bool]) -> None:
    waiting.cancel()
    waiting.add_done_callback(lambda done: None if done.cancelled() else lock.release())


class _Advisory:
    """Locks of PostgreSQL, one connection each."""

    def __init__(self, url: sa.engine.URL, wait: float) -> None:
        self._wait = wait
        self._engine = make_engine(url.render_as_string(hide_password=False), pool_size=RUNNING_TURNS)
        self._threads = ThreadPoolExecutor(RUNNING_TURNS, thread_name_prefix="lock")
        self._releasing = ThreadPoolExecutor(RELEASING, thread_name_prefix="unlock")  # not behind those who wait

    async def acquire(self, conversation: str) -> Connection:
        """The connection that holds the lock."""
        future = asyncio.get_running_loop().run_in_executor(self._threads, self._locked, conversation)
        try:
            await asyncio.wait({future}, timeout=self._wait + SQL_S)
        finally:
            if not future.done():
                future.add_done_callback(self._too_late)
        if not future.done():
            raise LockError("the database does not answer")
        try:
            return future.result()
        except sa.exc.SQLAlchemyError as error:
            raise LockError(f"no lock: {type(error).__name__}") from None

    def release(self, connection: Connection, conversation: str) -> None:
        """Let the next one in; nobody waits for it."""
        self._releasing.submit(_unlocked, connection, conversation)

    def _locked(self, conversation: str) -> Connection:
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        key = {"key": lock_key(conversation)}
        try:
            if not connection.execute(sa.text("select pg_try_advisory_lock(:key)"), key).scalar():
                milliseconds = int(self._wait * 1000)
                connection.execute(
                    sa.text(f"set lock_timeout = {milliseconds}; set statement_timeout = {milliseconds}")
                )
                connection.execute(sa.text("select pg_advisory_lock(:key)"), key)
        except BaseException:
            connection.invalidate()
            connection.close()
            raise
        return connection

    def _too_late(self, future: asyncio.Future[Connection]) -> None:
        """Nobody waits for this lock any more: give it back."""
        if not future.cancelled() and future.exception() is None:
            self._releasing.submit(_dropped, future.result())


def lock_key(conversation: str) -> int:
    """The 64 bits that PostgreSQL knows a conversation by."""
    return int.from_bytes(hashlib.blake2b(conversation.encode(), digest_size=8).digest(), "big", signed=True)


def _unlocked(connection: Connection, conversation: str) -> None:
    try:
        freed = connection.execute(sa.text("select pg_advisory_unlock(:key)"), {"key": lock_key(conversation)}).scalar()
        connection.execute(sa.text("reset lock_timeout; reset statement_timeout"))
    except sa.exc.SQLAlchemyError:
        freed = False
    if not freed:
        connection.invalidate()
    connection.close()


def _dropped(connection: Connection) -> None:
    connection.invalidate()  # closing the connection frees the lock
    connection.close()
