"""What is kept, how it fails, and that erasing erases."""

from __future__ import annotations

import asyncio
import json
import stat
from pathlib import Path

import pytest
import sqlalchemy as sa
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import read_endpoint_config

from bot.stores.folder import data_folder, signing_key
from bot.stores.inbox import Inbox
from bot.stores.tracker_store import SQLITE_FILE, StrictTrackerStore

ROOT = Path(__file__).parents[2]
CANARY = "canaryinthecoalmine"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BOT_VAR", str(tmp_path / "var"))
    monkeypatch.delenv("BOT_SECRET", raising=False)
    return tmp_path / "var"


@pytest.fixture
def store() -> StrictTrackerStore:
    store = TrackerStore.create(read_endpoint_config(str(ROOT / "endpoints.yml"), "tracker_store"), Domain.empty())
    assert isinstance(store, StrictTrackerStore), "Rasa falls back to memory when it cannot build the store"
    return store


def keep(store: StrictTrackerStore, conversation: str, *events: object) -> None:
    asyncio.run(store.save(DialogueStateTracker.from_events(conversation, list(events))))


def test_conversations_lie_in_the_data_folder(store: StrictTrackerStore, folder: Path) -> None:
    assert (folder / SQLITE_FILE).exists()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_erasing_leaves_no_byte_and_no_other_talk_is_touched(store: StrictTrackerStore, folder: Path) -> None:
    inbox = Inbox(store.engine)
    for conversation in ("a", "b"):
        keep(store, conversation, UserUttered(f"{CANARY} {conversation}", message_id="1"), BotUttered(CANARY))
        inbox.open(conversation, "1", f"{CANARY} {conversation}")
        inbox.close(conversation, "1", [{"text": CANARY}])
    assert (store.erase("a"), inbox.erase("a")) == (2, 1)
    assert inbox.turns("a") == []
    assert len(inbox.turns("b")) == 1
    assert (store.erase("b"), inbox.erase("b")) == (2, 1)
    assert [path.name for path in folder.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()] == []


def test_bad_data_is_an_error_and_not_the_end_of_the_server(store: StrictTrackerStore) -> None:
    keep(store, "a", UserUttered("hello"))
    with store.engine.begin() as connection:
        connection.execute(sa.text("update events set data = 'broken'"))
    with pytest.raises(json.JSONDecodeError):
        asyncio.run(store.retrieve("a"))


def test_a_failing_insert_does_not_quote_the_message(store: StrictTrackerStore) -> None:
    with store.engine.begin() as connection:
        connection.execute(sa.text("create trigger t before insert on events begin select raise(abort, 'no'); end"))
    with pytest.raises(sa.exc.IntegrityError) as failed:
        keep(store, "a", UserUttered(CANARY))
    assert CANARY not in str(failed.value)


def test_replies_to(store: StrictTrackerStore) -> None:
    events = [
        UserUttered("one", message_id="1"),
        BotUttered("first"),
        BotUttered("second", {"custom": {"type": "answer"}}),
        UserUttered("two", message_id="2"),
        BotUttered("third"),
    ]
    keep(store, "a", *events)
    assert [event["text"] for event in store.replies_to("a", "1") or ()] == ["first", "second"]
    assert [event["text"] for event in store.replies_to("a", "2") or ()] == ["third"]
    assert store.replies_to("a", "3") is None
    assert store.replies_to("b", "1") is None


def test_inbox(store: StrictTrackerStore) -> None:
    inbox = Inbox(store.engine)
    assert not inbox.open("a", "1", "one").known
    assert inbox.open("a", "1", "one").answer is None
    inbox.close("a", "1", [{"text": "yes"}])
    assert inbox.open("a", "1", "one").answer == [{"text": "yes"}]
    inbox.open("a", "2", "two")
    assert [turn["message"] for turn in inbox.turns("a")] == ["one", "two"]
    inbox.forget("a", "2")
    assert [turn["message"] for turn in inbox.turns("a")] == ["one"]


def test_the_signing_key_is_made_once_and_for_its_owner_only(folder: Path) -> None:
    key = signing_key()
    assert key == signing_key()
    assert len(key) == 64
    assert stat.S_IMODE((data_folder() / "secret.key").stat().st_mode) == 0o600


def test_the_signing_key_may_come_from_the_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_SECRET", "s" * 40)
    assert signing_key() == b"s" * 40
    assert not folder.exists()
    monkeypatch.setenv("BOT_SECRET", "short")
    with pytest.raises(ValueError, match="signing key"):
        signing_key()
