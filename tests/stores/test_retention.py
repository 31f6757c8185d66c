"""What is older than 30 days goes by itself, and nothing younger does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from rasa.shared.core.events import BotUttered, UserUttered

from bot import purge
from bot.stores import retention
from bot.stores.inbox import Inbox
from bot.stores.retention import DAY_S, Purged, Retention, days_kept
from bot.stores.tables import KEYS
from bot.stores.tracker_store import StrictTrackerStore
from tests.stores.conftest import do, keep

NOW = 1_000 * DAY_S


def talk(store: StrictTrackerStore, conversation: str, *days_ago: float) -> None:
    """A conversation with one turn on each of these days."""
    for number, days in enumerate(days_ago):
        at = NOW - days * DAY_S
        store._now = lambda at=at: at
        keep(store, conversation, UserUttered("hello", timestamp=at), BotUttered("yes", timestamp=at))
        do(Inbox(store.database, now=lambda at=at: at).open(conversation, str(number), "hello"))


def keys(store: StrictTrackerStore) -> set[str]:
    with store.database.engine.begin() as connection:
        return set(connection.execute(sa.select(KEYS.c.conversation)).scalars())


def test_what_is_old_goes_and_the_rest_stays(store: StrictTrackerStore) -> None:
    talk(store, "old", 40, 30.01)
    talk(store, "young", 29.99, 1)
    talk(store, "both", 31, 2)
    purged = do(Retention(store.database, now=lambda: NOW).purge())
    assert purged == Purged(events=6, messages=3, conversations=1)
    assert keys(store) == {"young", "both"}
    assert (len(do(store.events("old"))), len(do(store.events("young"))), len(do(store.events("both")))) == (0, 4, 2)
    assert do(store.retrieve("old")) is None
    keep(store, "both", UserUttered("and on"))
    keep(store, "old", UserUttered("anew"))
    assert len(do(store.events("both"))) == 3
    assert do(Retention(store.database, now=lambda: NOW).purge()) == Purged(0, 0, 0)


def test_how_long_is_a_setting(store: StrictTrackerStore, monkeypatch: pytest.MonkeyPatch) -> None:
    talk(store, "a", 3)
    monkeypatch.setenv("BOT_KEEP_DAYS", "2")
    assert do(Retention(store.database, now=lambda: NOW).purge()).events == 2


@pytest.mark.parametrize("bad", ["0", "-1", "soon", "inf", "nan"])
def test_a_setting_that_keeps_for_ever_or_nothing_is_refused(monkeypatch: pytest.MonkeyPatch, bad: str) -> None:
    monkeypatch.setenv("BOT_KEEP_DAYS", bad)
    with pytest.raises(ValueError, match="BOT_KEEP_DAYS"):
        days_kept()


def hours(times: int) -> tuple[Callable[[], float], Callable]:
    """A clock, and a sleep that moves it; it ends after so many naps."""
    passed = [0.0]

    async def sleep(seconds: float) -> None:
        passed[0] += seconds
        if passed[0] >= times * 3600:
            raise asyncio.CancelledError

    return (lambda: NOW + passed[0]), sleep


def test_a_running_bot_purges_every_hour(store: StrictTrackerStore) -> None:
    talk(store, "a", 29.9)
    now, sleep = hours(4)
    with pytest.raises(asyncio.CancelledError):
        do(Retention(store.database, now=now).keep_purging(sleep))
    assert keys(store) == set()


def test_a_day_without_a_purge_is_an_alarm(store: StrictTrackerStore, caplog) -> None:
    with store.database.engine.begin() as connection:
        connection.execute(sa.text("alter table inbox rename to elsewhere"))
    for ran, alarms in ((24, 0), (27, 3)):
        caplog.clear()
        now, sleep = hours(ran)
        with caplog.at_level(logging.INFO, retention.__name__), pytest.raises(asyncio.CancelledError):
            do(Retention(store.database, now=now).keep_purging(sleep))
        assert [record.levelno for record in caplog.records].count(logging.CRITICAL) == alarms
        assert "overdue" in caplog.text or not alarms


def test_the_command(store: StrictTrackerStore, monkeypatch: pytest.MonkeyPatch, url: str, capsys) -> None:
    monkeypatch.setenv("BOT_DATABASE", url)
    monkeypatch.setenv("BOT_MASTER_KEY", next(iter(store.database.keyring._masters.values())).hex())
    talk(store, "a", 40)
    assert purge.main([]) == 0
    assert capsys.readouterr().out.startswith("Deleted: 2 events, 1 messages; 1 conversations")
