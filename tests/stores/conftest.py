"""The stores on both databases, each test on an empty one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker

from bot.stores.database import Database
from bot.stores.sealing import Keyring, new_key
from bot.stores.tracker_store import StrictTrackerStore

Result = TypeVar("Result")
KINDS = ("sqlite", "postgresql")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BOT_VAR", str(tmp_path / "var"))
    for variable in ("BOT_SECRET", "BOT_DATABASE", "BOT_MASTER_KEY", "BOT_KEEP_DAYS"):
        monkeypatch.delenv(variable, raising=False)
    return tmp_path / "var"


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of an empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'conversations.db'}"
    return str(request.getfixturevalue("cluster").database())


@pytest.fixture
def kept(url: str) -> Database:
    kept = Database(url, Keyring([new_key()]))
    if not kept.is_shared:  # a test need not wait for the disk
        sa.event.listen(kept.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF"))
    return kept


@pytest.fixture
def store(kept: Database) -> StrictTrackerStore:
    return StrictTrackerStore(Domain.empty(), kept_in=kept)


@pytest.fixture
def content(request: pytest.FixtureRequest, url: str, tmp_path: Path) -> Callable[[], bytes]:
    """All bytes that lie on the disk (SQLite) or that a backup holds (PostgreSQL)."""
    if url.startswith("sqlite"):
        return lambda: b"".join(path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file())
    cluster = request.getfixturevalue("cluster")
    return lambda: cluster.dump(url)


def do(work: Coroutine[Any, Any, Result]) -> Result:
    return asyncio.run(work)


def keep(store: StrictTrackerStore, conversation: str, *events: Event) -> DialogueStateTracker:
    """Add events to a conversation, as a turn does."""

    async def turn() -> DialogueStateTracker:
        tracker = await store.retrieve(conversation) or DialogueStateTracker.from_events(conversation, [])
        for event in events:
            tracker.update(event)
        await store.save(tracker)
        return tracker

    return do(turn())
