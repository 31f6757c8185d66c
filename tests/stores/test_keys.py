"""Ciphertext, keys, and that erasing a key erases the backups."""

from __future__ import annotations

import shutil
import sqlite3
import stat
from pathlib import Path

import psycopg2
import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered

from bot import keys
from bot.stores.database import Database, database
from bot.stores.sealing import Keyring, Seal, UnknownMasterError, keyring, new_key, read_masters
from bot.stores.tracker_store import StrictTrackerStore
from tests.stores.conftest import do, keep


@given(st.text(), st.text(max_size=20))
def test_what_is_closed_can_be_opened_there_and_nowhere_else(text: str, place: str) -> None:
    seal = Seal("a", bytes(32))
    sealed = seal.close(text, place)
    assert seal.open(sealed, place) == text
    for other in (Seal("b", bytes(32)), Seal("a", new_key())):
        with pytest.raises(InvalidTag):
            other.open(sealed, place)
    with pytest.raises(InvalidTag):
        seal.open(sealed, place + "x")
    with pytest.raises(InvalidTag):
        seal.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), place)


def test_the_same_text_never_looks_the_same() -> None:
    seal = Seal("a", new_key())
    assert len({seal.close("hello", "x") for _ in range(100)}) == 100


def test_the_master_key_is_made_once_and_for_its_owner_only(folder: Path) -> None:
    assert keyring().ids == keyring().ids
    assert stat.S_IMODE((folder / "master.key").stat().st_mode) == 0o600


@pytest.mark.parametrize("bad", ["short", "00", "zz" * 32])
def test_a_bad_master_key_is_refused(monkeypatch: pytest.MonkeyPatch, bad: str) -> None:
    monkeypatch.setenv("BOT_MASTER_KEY", bad)
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        keyring()


def test_a_rotation_reaches_a_bot_that_runs(monkeypatch: pytest.MonkeyPatch, url: str, capsys) -> None:
    monkeypatch.setenv("BOT_DATABASE", url)
    runs = StrictTrackerStore(Domain.empty(), kept_in=Database(url, keyring()))
    for number in range(3):
        keep(runs, f"a{number}", UserUttered("before"))
    old = keyring().ids
    assert keys.main(["rotate"]) == 0
    assert "3 conversations" in capsys.readouterr().out
    assert len(read_masters()) == 2
    keep(runs, "a0", UserUttered("while it runs"))
    keep(runs, "b", UserUttered("new"))
    assert keys.main(["forget"]) == 0
    assert len(keyring().ids) == 1
    assert set(keyring().ids).isdisjoint(old)
    started = StrictTrackerStore(Domain.empty(), kept_in=Database(url, keyring()))
    for store in (runs, started):
        assert [event["text"] for event in do(store.events("a0"))] == ["before", "while it runs"]
        assert len(do(store.events("b"))) == 1


def test_master_keys_from_the_environment_are_rotated_by_the_operator(monkeypatch, url: str, capsys) -> None:
    monkeypatch.setenv("BOT_DATABASE", url)
    first, second = new_key().hex(), new_key().hex()
    monkeypatch.setenv("BOT_MASTER_KEY", first)
    keep(StrictTrackerStore(Domain.empty(), kept_in=Database(url, keyring())), "a", UserUttered("hello"))
    assert keys.main(["rotate"]) == 2
    assert "BOT_MASTER_KEY" in capsys.readouterr().err
    monkeypatch.setenv("BOT_MASTER_KEY", f"{second},{first}")
    database().keyring = keyring()
    assert keys.main(["rotate"]) == 0
    monkeypatch.setenv("BOT_MASTER_KEY", second)
    store = StrictTrackerStore(Domain.empty(), kept_in=Database(url, keyring()))
    assert len(do(store.events("a"))) == 1


def test_without_its_master_key_a_conversation_cannot_be_read(url: str) -> None:
    keep(StrictTrackerStore(Domain.empty(), kept_in=Database(url, Keyring([new_key()]))), "a", UserUttered("hello"))
    stranger = StrictTrackerStore.__new__(StrictTrackerStore)
    stranger.database = Database(url, Keyring([new_key()]))
    with pytest.raises(UnknownMasterError):
        do(stranger.events("a"))


def test_an_erased_talk_cannot_be_read_from_a_backup(store: StrictTrackerStore, url: str, request) -> None:
    """Yesterday's copy of the conversations with today's copy of the keys, as docs/operations.md says to keep them."""
    keep(store, "erased", UserUttered("hello"))
    keep(store, "kept", UserUttered("hello"))
    if store.database.is_shared:
        cluster = request.getfixturevalue("cluster")
        backup = cluster.dump(url, "--exclude-schema=keys")
        do(store.erase("erased"))
        restored = cluster.database()
        for dump in (backup, cluster.dump(url, "--schema=keys")):
            with psycopg2.connect(restored) as connection:
                lines = dump.decode().splitlines()
                statements = [line for line in lines if not line.startswith(("\\", "SELECT pg_catalog.set_config"))]
                connection.cursor().execute("\n".join(statements))
    else:
        file = Path(store.database.engine.url.database)
        backup = file.with_name("yesterday.db")
        shutil.copy(file, backup)
        do(store.erase("erased"))
        folder = file.parent / "restored"
        folder.mkdir()
        shutil.copy(backup, folder / file.name)
        shutil.copy(file.with_name("keys.db"), folder)
        restored = f"sqlite:///{folder / file.name}"
        with sqlite3.connect(folder / file.name) as connection:
            assert connection.execute("select count(*) from events").fetchone() == (2,)
    again = StrictTrackerStore(Domain.empty(), kept_in=Database(restored, store.database.keyring))
    assert do(again.events("erased")) == []
    assert len(do(again.events("kept"))) == 1
