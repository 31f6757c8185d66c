"""What /ready says of parts that work, fail, hang, and come back."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.channels.readiness import FAILED, OK, SLOW, Readiness
from bot.stores.database import Database
from bot.stores.erasing import OF_A_CONVERSATION
from bot.stores.sealing import Keyring, new_key
from bot.stores.tracker_store import StrictTrackerStore


async def fine() -> None:
    await asyncio.sleep(0)


async def broken() -> None:
    raise OSError("no such host")


def test_each_part_is_named_with_its_state() -> None:
    async def hangs() -> None:
        await asyncio.sleep(3600)

    ready = Readiness({"a": fine, "b": broken, "c": hangs}, limit=0.05)
    assert asyncio.run(ready.look()) == {"a": OK, "b": FAILED, "c": SLOW}


def test_a_hung_part_is_tried_once_until_it_comes_back() -> None:
    tries: list[int] = []

    async def looked() -> list[str]:
        gate = asyncio.Event()

        async def hangs() -> None:
            tries.append(1)
            await gate.wait()

        ready = Readiness({"a": hangs}, limit=0.02, fresh=-1)
        states = [(await ready.look())["a"] for _ in range(3)]
        gate.set()
        return [*states, (await ready.look())["a"]]

    assert asyncio.run(looked()) == [SLOW, SLOW, SLOW, OK]
    assert len(tries) == 1


def test_asking_often_does_not_load_the_parts() -> None:
    tries: list[int] = []
    clock = iter([0.0, 0.5, 2.0, 2.0, 2.1])

    async def counted() -> None:
        tries.append(1)

    async def looked() -> None:
        ready = Readiness({"a": counted}, fresh=1, now=lambda: next(clock))
        for _ in range(3):
            await ready.look()

    asyncio.run(looked())
    assert len(tries) == 2


def test_a_store_is_tried_by_writing_and_nothing_stays(tmp_path: Path) -> None:
    kept = Database(f"sqlite:///{tmp_path / 'c.db'}", Keyring([new_key()]))
    store = StrictTrackerStore(kept_in=kept)
    asyncio.run(store.check())
    with kept.engine.begin() as connection:
        assert all(connection.execute(sa.select(table)).first() is None for table in OF_A_CONVERSATION)
        connection.execute(sa.text("CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'x'); END"))
    with pytest.raises(sa.exc.SQLAlchemyError):
        asyncio.run(store.check())
