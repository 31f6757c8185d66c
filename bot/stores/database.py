"""The database of everything that is kept, from one environment variable, and how it is asked.

``BOT_DATABASE=postgresql://user:password@host/name`` for PostgreSQL; without it SQLite in the data folder. The keys
of the conversations lie apart from what they lock (PostgreSQL: the schema ``keys``; SQLite: the file ``keys.db``), so
that a backup of the one is nothing without the other.

SQL blocks, so it runs in threads; nobody waits longer than `SQL_S` for an answer, whatever state the server is in.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.stores.folder import data_folder
from bot.stores.sealing import Keyring, keyring

DATABASE_VARIABLE = "BOT_DATABASE"
SQLITE_FILE, SQLITE_KEYS = "conversations.db", "keys.db"
KEYS_SCHEMA = "keys"
# Seconds. They nest: page 12 > channel 8 > action 3, lock 8; SQL 2.
SQL_S = 2.0
POOL_SIZE = 8  # statements at once of one process; as many threads
RECYCLE_S = 1800

Result = TypeVar("Result")


class Database:
    """An engine, the threads that use it, and the master keys."""

    def __init__(self, url: str, keys: Keyring) -> None:
        """Connects on first use; ValueError for a URL of another kind of database."""
        self.engine = make_engine(url)
        self.keyring = keys
        # SQLite writes one after the other anyway; one that has read may not even wait for its turn to write.
        self._threads = ThreadPoolExecutor(POOL_SIZE if self.is_shared else 1, thread_name_prefix="sql")

    @property
    def is_shared(self) -> bool:
        """Whether other processes may use it at the same time."""
        return bool(self.engine.dialect.name == "postgresql")

    async def run(self, work: Callable[..., Result], *arguments: Any) -> Result:
        """``work(connection, *arguments)`` in one transaction; SQLAlchemyError, or asyncio.TimeoutError after 2 s.

        Work that has begun by then may still be done: who tries again has to find out.
        """
        end = time.monotonic() + SQL_S
        future = asyncio.get_running_loop().run_in_executor(self._threads, self._in_time, end, work, *arguments)
        future.add_done_callback(_seen)  # its error is told, or came too late for anybody
        await asyncio.wait({future}, timeout=SQL_S)  # not `wait_for`, which may lose a cancellation (Python 3.10)
        if not future.done():
            raise asyncio.TimeoutError
        return future.result()

    def now(self, work: Callable[..., Result], *arguments: Any) -> Result:
        """The same for programs that have nothing else to do: in this thread, without a time limit of its own."""
        with self.engine.begin() as connection:
            return work(connection, *arguments)

    def _in_time(self, end: float, work: Callable[..., Result], *arguments: Any) -> Result:
        if time.monotonic() > end:  # waited for a thread until nobody waited for it
            raise TimeoutError
        return self.now(work, *arguments)


def database() -> Database:
    """The database that the environment names; one for the whole process."""
    return _database(database_url(), str(data_folder().resolve()))


@cache
def _database(url: str, _folder: str) -> Database:
    return Database(url, keyring())


def database_url() -> str:
    """``$BOT_DATABASE``, else SQLite in the data folder."""
    given = os.environ.get(DATABASE_VARIABLE) or f"sqlite:///{data_folder().resolve() / SQLITE_FILE}"
    return given.replace("postgres://", "postgresql://", 1)


def make_engine(url: str, *, pool_size: int = POOL_SIZE) -> Engine:
    """An engine with a bounded pool and time limits, whose errors do not quote what people wrote."""
    kind = sa.engine.make_url(url).get_backend_name()
    limits = {"pool_size": pool_size, "max_overflow": 0, "pool_timeout": SQL_S, "hide_parameters": True}
    if kind == "postgresql":
        return sa.create_engine(
            url, pool_pre_ping=True, pool_recycle=RECYCLE_S, connect_args=_postgres_arguments(), **limits
        )
    if kind == "sqlite":
        engine = sa.create_engine(
            url, poolclass=sa.pool.QueuePool, connect_args={"check_same_thread": False, "timeout": SQL_S}, **limits
        )
        _prepare_sqlite(engine)
        return engine
    raise ValueError(f"{DATABASE_VARIABLE}: postgresql://... or sqlite:///..., not {kind}")


def _postgres_arguments() -> dict[str, Any]:
    milliseconds = int(SQL_S * 1000)
    return {
        "connect_timeout": int(SQL_S),
        "tcp_user_timeout": 2 * milliseconds,  # a machine that is gone
        "keepalives_idle": 10,
        "application_name": "vitamin-d-bot",
        "options": f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds} "
        f"-c idle_in_transaction_session_timeout={5 * milliseconds} -c timezone=UTC",
    }


def _prepare_sqlite(engine: Engine) -> None:
    """The keys in a file of their own, deleted content overwritten with zeros, real transactions."""
    file = engine.url.database
    keys = str(Path(file).with_name(SQLITE_KEYS)) if file else ":memory:"

    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver would begin too late and commit too early
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute(f"ATTACH DATABASE ? AS {KEYS_SCHEMA}", (keys,))

    sa.event.listen(engine, "connect", connected)
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))


def _seen(future: asyncio.Future[Any]) -> None:
    if not future.cancelled():
        future.exception()
