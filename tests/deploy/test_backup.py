"""Backing up and restoring, with the scripts of deploy/ on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.stores.database import Database
from bot.stores.erasing import erase
from bot.stores.inbox import Inbox
from bot.stores.sealing import Keyring, new_key
from bot.stores.start import check, prepare
from tools import deploy_tools
from tools.postgres import Cluster

DEPLOY = deploy_tools.ROOT / "deploy"
CANARY = "canaryinthecoalmine"
Script = Callable[..., str]


@pytest.fixture
def script(cluster: Cluster) -> Script:
    def run(name: str, database: str, *arguments: str | Path) -> str:
        path = os.pathsep.join([str(cluster.binaries), os.environ["PATH"]])
        environment = {**os.environ, "BOT_DATABASE": database, "PATH": path}
        command = [str(DEPLOY / name), *map(str, arguments)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return run


def talk(database: Database, *conversations: str) -> None:
    inbox = Inbox(database)

    async def say() -> None:
        for conversation in conversations:
            await inbox.open(conversation, "1", f"{CANARY} of {conversation}")
            await inbox.close(conversation, "1", [{"text": f"noted for {conversation}"}])

    asyncio.run(say())


@pytest.fixture
def kept(cluster: Cluster) -> Database:
    """A database in which two people have talked."""
    database = Database(cluster.database(), Keyring([new_key()]))
    prepare(database)
    talk(database, "anna", "bela")
    return database


def url_of(database: Database) -> str:
    return str(database.engine.url.render_as_string(hide_password=False))


def turns(database: Database, conversation: str) -> list[dict[str, Any]]:
    return asyncio.run(Inbox(database).turns(conversation))


def test_what_was_backed_up_comes_back_and_what_was_erased_does_not(
    kept: Database, cluster: Cluster, script: Script, tmp_path: Path
) -> None:
    script("backup.sh", url_of(kept), tmp_path)
    old_keys = (tmp_path / "keys.dump").read_bytes()
    kept.now(erase, "bela")
    talk(kept, "cleo")
    newer = script("backup.sh", url_of(kept), tmp_path)
    assert CANARY.encode() not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert (tmp_path / "keys.dump").read_bytes() != old_keys
    assert len(list(tmp_path.glob("keys*"))) == 1

    restored = Database(cluster.database(), kept.keyring)
    script("restore.sh", url_of(restored), newer, tmp_path / "keys.dump")
    restored.now(check, restored)
    assert [turn["message"] for turn in turns(restored, "anna")] == [f"{CANARY} of anna"]
    assert turns(restored, "cleo")[0]["answers"] == [{"text": "noted for cleo"}]
    assert turns(restored, "bela") == []


def test_an_erased_conversation_cannot_be_read_in_an_older_backup(
    kept: Database, cluster: Cluster, script: Script, tmp_path: Path
) -> None:
    older = Path(script("backup.sh", url_of(kept), tmp_path)).rename(tmp_path / "older.dump")
    kept.now(erase, "bela")
    script("backup.sh", url_of(kept), tmp_path)

    restored = Database(cluster.database(), kept.keyring)
    script("restore.sh", url_of(restored), older, tmp_path / "keys.dump")
    assert len(turns(restored, "anna")) == 1
    assert turns(restored, "bela") == []
    rows = restored.now(lambda c: c.exec_driver_sql("select message from inbox where conversation = 'bela'").all())
    assert len(rows) == 1
    assert CANARY.encode() not in bytes(rows[0].message)


@pytest.mark.parametrize(("name", "arguments"), [("backup.sh", []), ("restore.sh", ["x"])])
def test_a_missing_argument_is_named(name: str, arguments: list[str]) -> None:
    done = subprocess.run([DEPLOY / name, *arguments], capture_output=True, text=True)
    assert done.returncode != 0
    assert "name the" in done.stderr
