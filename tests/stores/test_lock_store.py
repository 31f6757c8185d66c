"""One turn of a conversation at a time, in all processes; a lock dies with its process."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rasa.core.lock_store import LockError

from bot.stores.database import Database
from bot.stores.lock_store import ConversationLocks, lock_key
from tests.stores.conftest import do

ROOT = Path(__file__).parents[2]
HOLDER = """
import asyncio, sys
from bot.stores.lock_store import ConversationLocks

async def hold():
    async with ConversationLocks().lock("a"):
        print("held", flush=True)
        await asyncio.sleep(600)

asyncio.run(hold())
"""


def processes(kept: Database, *, wait: float = 5.0) -> tuple[ConversationLocks, ConversationLocks]:
    """Two processes of one PostgreSQL; SQLite is for one."""
    one = ConversationLocks(kept_in=kept, wait=wait)
    return one, ConversationLocks(kept_in=kept, wait=wait) if kept.is_shared else one


def test_one_after_the_other_in_the_order_in_which_they_came(kept: Database) -> None:
    done: list[str] = []

    async def turn(locks: ConversationLocks, name: str) -> None:
        async with locks.lock("a"):
            done.append(f"{name} begins")
            await asyncio.sleep(0.05)
            done.append(f"{name} ends")

    async def all_at_once() -> None:
        locks = processes(kept)
        tasks = []
        for number in range(6):
            tasks.append(asyncio.create_task(turn(locks[number % 2], str(number))))
            await asyncio.sleep(0.02)
        await asyncio.gather(*tasks)

    do(all_at_once())
    names = [entry.split()[0] for entry in done]
    assert names[::2] == names[1::2], "two turns at once"
    assert [name for name in names[::2] if int(name) % 2 == 0] == ["0", "2", "4"]
    assert [name for name in names[::2] if int(name) % 2 == 1] == ["1", "3", "5"]


def test_other_conversations_do_not_wait(kept: Database) -> None:
    async def both() -> None:
        one, other = processes(kept)
        async with one.lock("a"), other.lock("b"):
            pass

    do(both())
    assert lock_key("a") != lock_key("b")


def test_who_holds_it_may_take_it_again_also_in_a_task_of_its_own(kept: Database) -> None:
    async def again(locks: ConversationLocks) -> str:
        async with locks.lock("a"):
            return "again"

    async def nested() -> None:
        locks, other = processes(kept, wait=0.3)
        async with locks.lock("a"):
            assert await asyncio.wait_for(again(locks), 5) == "again"
        assert await again(other) == "again"

    do(nested())


def test_waiting_has_an_end(kept: Database) -> None:
    async def waits() -> None:
        one, other = processes(kept, wait=0.3)
        release = asyncio.Event()

        async def hold() -> None:
            async with one.lock("a"):
                await release.wait()

        holder = asyncio.create_task(hold())
        await asyncio.sleep(0.2)
        with pytest.raises(LockError):
            async with other.lock("a"):
                pass
        release.set()
        await holder
        async with other.lock("a"):
            pass

    do(waits())


def test_a_turn_that_is_given_up_frees_its_lock(kept: Database) -> None:
    async def gives_up() -> None:
        one, other = processes(kept)

        async def hold() -> None:
            async with one.lock("a"):
                await asyncio.sleep(600)

        for pause in (0.2, 0.0):  # while it holds, while it asks
            holder = asyncio.create_task(hold())
            await asyncio.sleep(pause)
            holder.cancel()
            await asyncio.wait({holder})
            async with other.lock("a"):
                pass

    do(gives_up())


def test_the_lock_of_a_killed_process_is_free_at_once(cluster, folder: Path) -> None:
    url = cluster.database()
    kept = Database(url, None)
    environment = {**os.environ, "BOT_DATABASE": url, "BOT_VAR": str(folder), "PYTHONPATH": str(ROOT)}
    holder = subprocess.Popen([sys.executable, "-c", HOLDER], env=environment, stdout=subprocess.PIPE, cwd=ROOT)
    try:
        assert holder.stdout.readline() == b"held\n"

        async def next_message() -> float:
            locks = ConversationLocks(kept_in=kept)
            waiting = asyncio.create_task(taken(locks))
            await asyncio.sleep(0.3)
            assert not waiting.done()
            holder.send_signal(signal.SIGKILL)
            began = time.monotonic()
            await waiting
            return time.monotonic() - began

        async def taken(locks: ConversationLocks) -> None:
            async with locks.lock("a"):
                pass

        print(f"free after {1000 * do(next_message()):.0f} ms")
    finally:
        holder.kill()
        holder.wait()


def test_a_database_that_restarts_is_used_again(cluster) -> None:
    kept = Database(cluster.database(), None)

    async def talk() -> None:
        locks = ConversationLocks(kept_in=kept)
        async with locks.lock("a"):
            cluster.stop("immediate")
        with pytest.raises(LockError):
            async with locks.lock("a"):
                pass
        cluster.start()
        async with locks.lock("a"):
            pass

    do(talk())
