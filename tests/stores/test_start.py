"""The bot starts when it can store, and says why when it cannot; old tables are brought along."""

from __future__ import annotations

import json
import socket
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SessionStarted, UserUttered

from bot.__main__ import main as run_command
from bot.stores.database import Database, database, make_engine
from bot.stores.inbox import Inbox
from bot.stores.sealing import Keyring, new_key
from bot.stores.start import CannotStoreError, migrate, newest_revision, prepare, revision
from bot.stores.tables import METADATA
from bot.stores.tracker_store import StrictTrackerStore
from tests.stores.conftest import do, keep

CANARY = "canaryinthecoalmine"


def test_migrations_make_the_tables_that_the_code_uses(kept: Database) -> None:
    prepare(kept)
    with kept.engine.begin() as connection:
        options = {"include_schemas": True, "include_name": lambda name, kind, _: kind != "schema" or name != "public"}
        found = compare_metadata(MigrationContext.configure(connection, opts=options), METADATA)
    assert [change for change in found if "alembic_version" not in str(change)] == []


@pytest.mark.parametrize("address", ["closed", "nowhere"])
def test_without_a_database_it_does_not_start(address: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"postgresql://bot:pass@127.0.0.1:{taken.getsockname()[1]}/x" if address == "closed" else UNWRITABLE
        with pytest.raises(SystemExit, match="The bot does not start, because it could not keep"):
            StrictTrackerStore(kept_in=Database(url, Keyring([new_key()])))


UNWRITABLE = "sqlite:////nowhere/at/all/conversations.db"


def test_a_database_that_hangs_does_not_keep_it_waiting(cluster) -> None:
    kept = Database(cluster.database(), Keyring([new_key()]))
    cluster.hang()
    try:
        with pytest.raises(CannotStoreError):
            prepare(kept)
    finally:
        cluster.resume()


def test_tables_of_another_version_are_not_used_and_not_changed_unasked(cluster) -> None:
    kept = Database(cluster.database(), Keyring([new_key()]))
    migrate(kept, "1")
    with pytest.raises(CannotStoreError, match="python -m bot migrate"):
        prepare(kept)
    migrate(kept)
    prepare(kept)


def test_without_the_master_key_it_does_not_start(url: str) -> None:
    first = Database(url, Keyring([new_key()]))
    keep(StrictTrackerStore(Domain.empty(), kept_in=first), "a", UserUttered("hello"))
    with pytest.raises(CannotStoreError, match="master key"):
        prepare(Database(url, Keyring([new_key()])))
    prepare(first)


def test_a_second_start_changes_nothing(url: str) -> None:
    kept = Database(url, Keyring([new_key()]))
    prepare(kept)
    prepare(kept)
    assert kept.now(revision) == newest_revision()


def plain_talk(url: str) -> None:
    """Tables as the first versions of the bot left them, with a talk of two sessions and an unanswered message."""
    kept = Database(url, Keyring([new_key()]))
    migrate(kept, "1")
    events = [
        *(SessionStarted(), UserUttered("before", message_id="0")),
        *(SessionStarted(), ActionExecuted("action_listen")),
        *(UserUttered(f"{CANARY} one", message_id="1"), BotUttered(f"{CANARY} two")),
    ]
    engine = make_engine(url)
    with engine.begin() as connection:
        for event in events:
            values = {"data": json.dumps(event.as_dict()), "kind": event.type_name, "at": event.timestamp}
            connection.execute(
                sa.text(
                    "insert into events (sender_id, type_name, \"timestamp\", data) values ('a', :kind, :at, :data)"
                ),
                values,
            )
        for number, answer in (("1", json.dumps([{"text": CANARY}])), ("2", None)):
            connection.execute(
                sa.text(
                    "insert into inbox (conversation, message_id, received, message, answer) "
                    "values ('a', :number, 7.0, :message, :answer)"
                ),
                {"number": number, "message": f"{CANARY} {number}", "answer": answer},
            )
        if url.startswith("sqlite"):
            connection.execute(sa.text("drop table alembic_version"))  # Alembic had not been there
    engine.dispose()


def test_talks_in_plain_text_are_kept_and_sealed(url: str, content) -> None:
    plain_talk(url)
    assert CANARY.encode() in content()
    kept = Database(url, Keyring([new_key()]))
    migrate(kept)
    assert CANARY.encode() not in content()
    store = StrictTrackerStore(Domain.empty(), kept_in=kept)
    assert [event.get("text") for event in do(store.events("a"))] == [
        None, "before", None, None, f"{CANARY} one", f"{CANARY} two",
    ]  # fmt: skip
    tracker = do(store.retrieve("a"))
    assert [type(event) for event in tracker.events] == [SessionStarted, ActionExecuted, UserUttered, BotUttered]
    assert [event["text"] for event in do(store.replies_to("a", "1"))] == [f"{CANARY} two"]
    assert [(turn["id"], turn["at"], turn["message"], turn["answers"]) for turn in do(Inbox(kept).turns("a"))] == [
        ("1", 7.0, f"{CANARY} 1", [{"text": CANARY}]),
        ("2", 7.0, f"{CANARY} 2", []),
    ]
    keep(store, "a", UserUttered("and on"))
    assert len(do(store.events("a"))) == 7


def test_the_default_database_is_brought_along_when_the_bot_starts(folder: Path) -> None:
    folder.mkdir(parents=True)
    plain_talk(f"sqlite:///{folder / 'conversations.db'}")
    store = StrictTrackerStore(Domain.empty())
    assert store.database is database()
    assert len(do(store.events("a"))) == 6
    with sqlite3.connect(folder / "conversations.db") as connection:
        assert connection.execute("select version_num from alembic_version").fetchall() == [(newest_revision(),)]


@pytest.mark.parametrize("command", [["migrate"], ["purge"], ["keys", "rotate"]])
def test_a_command_says_that_the_database_cannot_be_used(monkeypatch, capsys, command: list[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("BOT_DATABASE", f"postgresql://bot:secret@127.0.0.1:{taken.getsockname()[1]}/x")
        assert run_command(command) == 1
    told = capsys.readouterr().err
    assert "cannot be used" in told
    assert "secret" not in told
