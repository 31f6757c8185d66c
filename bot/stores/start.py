"""What has to be true before the bot may start: it can store, in tables of this version, with keys that it has.

The tables are made and changed by Alembic's migrations in ``migrations/``. An empty database is filled, and SQLite is
brought up to date, when the bot starts; a PostgreSQL with conversations in it is changed by ``python -m bot migrate``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from cryptography.exceptions import InvalidTag
from sqlalchemy.engine import Connection

from bot.channels.texts import text as words
from bot.stores.data_keys import make_seal, missing_masters
from bot.stores.database import KEYS_SCHEMA, Database, database_url, make_engine
from bot.stores.tables import EVENTS

MIGRATIONS = Path(__file__).with_name("migrations")
BEFORE_ALEMBIC = "1"  # the tables of the first versions, which no migration had made
MIGRATION_LOCK = 0x7669745F64  # one process migrates, the others wait
PROBE = "probe"


class CannotStoreError(Exception):
    """Why nothing can be stored, and what to do, in a plain sentence."""


def prepare(database: Database) -> None:
    """Make sure that conversations can be kept; CannotStoreError with the reason."""
    try:
        found = database.now(revision)
        if found is None or not database.is_shared:
            migrate(database)
        database.now(check, database)
    except sa.exc.SQLAlchemyError as error:
        raise CannotStoreError(words("stores.unreachable", where=_where(), error=type(error).__name__)) from error


def or_reason(command: Callable[[], int]) -> int:
    """An operator's command: its exit status, or 1 and a sentence when the database cannot be used."""
    try:
        return command()
    except sa.exc.SQLAlchemyError as error:
        print(words("stores.failed", where=_where(), error=type(error).__name__), file=sys.stderr)
        return 1


def _where() -> str:
    return str(sa.engine.make_url(database_url()).render_as_string(hide_password=True))


def check(connection: Connection, database: Database) -> None:
    """Tables of this version, every master key, and a row that can be written (and is taken back again)."""
    found, wanted = revision(connection), newest_revision()
    if found != wanted:
        raise CannotStoreError(words("stores.other_version", found=found, wanted=wanted))
    if missing := missing_masters(connection, database.keyring):
        raise CannotStoreError(words("stores.no_master", missing=", ".join(missing)))
    can_write(connection, database)


def can_write(connection: Connection, database: Database) -> None:
    """Write a key and an event and take both back; SQLAlchemyError if that cannot be done."""
    attempt = connection.begin_nested()
    try:
        data = make_seal(connection, database.keyring, PROBE, 0.0).close("", PROBE)
        connection.execute(EVENTS.insert().values(conversation=PROBE, number=0, kind=PROBE, at=0.0, data=data))
    except InvalidTag:
        raise CannotStoreError(words("stores.no_master", missing=PROBE)) from None
    finally:
        attempt.rollback()


def migrate(database: Database, to: str = "head") -> None:
    """Bring the tables to a revision. Runs without the time limits of a turn, one process at a time."""
    engine = make_engine(str(database.engine.url.render_as_string(hide_password=False)), pool_size=1)
    try:
        with engine.begin() as connection:
            if database.is_shared:
                connection.execute(sa.text("set local statement_timeout = 0; set local lock_timeout = 0"))
                connection.execute(sa.text("set local idle_in_transaction_session_timeout = 0"))
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))
            configuration = _configuration(connection, database)
            if revision(connection) is None and _has(connection, "events"):
                command.stamp(configuration, BEFORE_ALEMBIC)
            command.upgrade(configuration, to)
    finally:
        engine.dispose()


def revision(connection: Connection) -> str | None:
    """The revision of the tables; None if no migration has been here."""
    return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str | None:
    """The revision that this version of the bot works with."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def _configuration(connection: Connection, database: Database) -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    configuration.attributes.update(connection=connection, keyring=database.keyring, keys_schema=KEYS_SCHEMA)
    return configuration


def _has(connection: Connection, table: str) -> bool:
    return bool(sa.inspect(connection).has_table(table))
