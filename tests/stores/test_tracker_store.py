"""What is kept of a conversation, how it fails, and that erasing erases."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from rasa.core.lock_store import LockStore
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import read_endpoint_config

from bot.stores.database import Database
from bot.stores.erasing import OF_A_CONVERSATION
from bot.stores.inbox import Inbox
from bot.stores.lock_store import ConversationLocks
from bot.stores.tables import METADATA
from bot.stores.tracker_store import StrictTrackerStore
from tests.stores.conftest import do, keep

ROOT = Path(__file__).parents[2]
CANARY = "canaryinthecoalmine"


def told(conversation: str) -> list:
    return [
        UserUttered(
            f"{CANARY} {conversation}",
            intent={"name": CANARY, "confidence": 1.0},
            entities=[{"entity": "finding", "value": CANARY}],
            message_id="1",
        ),
        SlotSet("findings", [CANARY]),
        BotUttered(CANARY),
    ]


def test_rasa_builds_both_stores_from_the_endpoints(folder: Path) -> None:
    file = str(ROOT / "endpoints.yml")
    store = TrackerStore.create(read_endpoint_config(file, "tracker_store"), Domain.empty())
    assert isinstance(store, StrictTrackerStore), "Rasa falls back to memory when it cannot build the store"
    assert isinstance(LockStore.create(read_endpoint_config(file, "lock_store")), ConversationLocks)
    assert {path.name for path in folder.iterdir()} == {"conversations.db", "keys.db", "master.key"}


def test_nothing_that_is_written_can_be_read_in_the_database(
    store: StrictTrackerStore, content: Callable[[], bytes]
) -> None:
    inbox = Inbox(store.database)
    keep(store, "a", *told("a"))
    do(inbox.open("a", CANARY, CANARY))
    do(inbox.close("a", CANARY, [{"text": CANARY}]))
    assert len(content()) > 1_000
    assert CANARY.encode() not in content()
    assert CANARY.encode().hex().encode() not in content()
    assert do(store.events("a"))[0]["text"] == f"{CANARY} a"
    assert do(inbox.turns("a"))[0]["message"] == CANARY


def test_erasing_leaves_nothing_and_no_other_talk_is_touched(store: StrictTrackerStore) -> None:
    inbox = Inbox(store.database)
    for conversation in ("a", "b"):
        keep(store, conversation, *told(conversation))
        do(inbox.open(conversation, "1", CANARY))
    erased = do(store.erase("a"))
    assert (erased.events, erased.messages) == (3, 1)
    assert (do(store.retrieve("a")), do(store.events("a")), do(inbox.turns("a"))) == (None, [], [])
    assert len(do(store.events("b"))) == 3
    assert len(do(inbox.turns("b"))) == 1
    do(store.erase("b"))
    with store.database.engine.begin() as connection:
        left = {t.fullname: connection.execute(sa.select(sa.func.count()).select_from(t)).scalar() for t in TABLES}
    assert left == dict.fromkeys(left, 0)


TABLES = [table for table in METADATA.sorted_tables if "conversation" in table.c]


def test_erasing_knows_every_table_with_a_conversation() -> None:
    assert set(TABLES) == set(OF_A_CONVERSATION)


def test_a_row_cannot_be_moved_to_another_place(store: StrictTrackerStore) -> None:
    keep(store, "a", UserUttered("first"), BotUttered("second"))
    with store.database.engine.begin() as connection:
        connection.execute(sa.text("update events set data = (select data from events where number = 0)"))
    with pytest.raises(InvalidTag):
        do(store.retrieve("a"))


def test_a_turn_that_did_not_see_the_one_before_fails_and_nothing_is_lost(store: StrictTrackerStore) -> None:
    keep(store, "a", UserUttered("first"))

    async def two_at_once() -> None:
        one, other = await store.retrieve("a"), await store.retrieve("a")
        for tracker, text in ((one, "one"), (other, "other")):
            tracker.update(UserUttered(text))
        await store.save(one)
        with pytest.raises(sa.exc.IntegrityError):
            await store.save(other)

    asyncio.run(two_at_once())
    assert [event["text"] for event in do(store.events("a"))] == ["first", "one"]


def test_saving_again_adds_only_what_is_new(store: StrictTrackerStore) -> None:
    tracker = keep(store, "a", UserUttered("first"))
    do(store.save(tracker))
    tracker.update(BotUttered("second"))
    do(store.save(tracker))
    assert [event["text"] for event in do(store.events("a"))] == ["first", "second"]
    full = do(store.retrieve_full_tracker("a"))
    assert len(full.events) == 2
    assert do(store.keys()) == ["a"]


def test_a_conversation_without_events_leaves_no_trace(store: StrictTrackerStore) -> None:
    do(store.save(DialogueStateTracker.from_events("a", [])))
    with store.database.engine.begin() as connection:
        assert all(connection.execute(sa.select(table)).first() is None for table in TABLES)


def test_an_error_does_not_quote_the_message(store: StrictTrackerStore) -> None:
    keep(store, "a", UserUttered("hello"))
    with store.database.engine.begin() as connection:
        connection.execute(sa.text("alter table events rename to elsewhere"))
    with pytest.raises(sa.exc.SQLAlchemyError) as failed:
        do(store.save(DialogueStateTracker.from_events("b", [UserUttered(CANARY)])))
    assert CANARY not in str(failed.value)


def test_replies_to(store: StrictTrackerStore) -> None:
    keep(
        store,
        "a",
        UserUttered("one", message_id="1"),
        BotUttered("first"),
        BotUttered("second", {"custom": {"type": "answer"}}),
        UserUttered("two", message_id="2"),
        BotUttered("third"),
    )
    assert [event["text"] for event in do(store.replies_to("a", "1")) or ()] == ["first", "second"]
    assert [event["text"] for event in do(store.replies_to("a", "2")) or ()] == ["third"]
    assert do(store.replies_to("a", "3")) is None
    assert do(store.replies_to("b", "1")) is None


def test_inbox(kept: Database, store: StrictTrackerStore) -> None:
    inbox = Inbox(kept)
    assert not do(inbox.open("a", "1", "one")).known
    assert do(inbox.open("a", "1", "one")).answer is None
    do(inbox.close("a", "1", [{"text": "yes"}]))
    assert do(inbox.open("a", "1", "one")).answer == [{"text": "yes"}]
    do(inbox.open("a", "2", "two"))
    assert [turn["message"] for turn in do(inbox.turns("a"))] == ["one", "two"]
    do(inbox.forget("a", "2"))
    assert [turn["message"] for turn in do(inbox.turns("a"))] == ["one"]
