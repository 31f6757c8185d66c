"""One PostgreSQL, two processes: a message counts once, and a conversation's turns come one after the other."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import AsyncIterator

import pytest

from bot.channels.conversation import Conversations, NotSavedError
from bot.stores.database import Database
from bot.stores.erasing import erase
from bot.stores.inbox import Inbox
from bot.stores.lock_store import ConversationLocks
from bot.stores.sealing import Keyring, new_key
from bot.stores.start import prepare

CALF = "my calf twitches"
PAIRS = int(os.environ.get("PAIRS", "40"))
COPIES = int(os.environ.get("COPIES", "30"))


class Turns:
    """Handles messages for all processes; sees when two are in one conversation at once."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.inside: set[str] = set()
        self.overlaps = 0
        self.fails = 0
        self.pause = 0.005

    async def handle(self, conversation: str, message_id: str, text: str) -> list[dict]:
        self.overlaps += conversation in self.inside
        self.inside.add(conversation)
        await asyncio.sleep(self.pause)
        self.inside.discard(conversation)
        if self.fails:
            self.fails -= 1
            raise OSError
        self.heard.append((conversation, message_id))
        return [{"text": f"Heard: {text}"}]

    async def recover(self, *_: str) -> None:
        """Nothing was kept of a turn without its answer."""


@pytest.fixture
def url(cluster) -> str:
    return str(cluster.database())


async def processes(url: str, turns: Turns, count: int = 2) -> AsyncIterator[Conversations]:
    keyring = Keyring([new_key()])
    for number in range(count):
        kept = Database(url, keyring)
        if number == 0:
            prepare(kept)
        locks = ConversationLocks(kept_in=kept)
        yield Conversations(turns.handle, turns.recover, lambda _: None, locks.lock, Inbox(kept))


def test_two_messages_at_once_of_one_person(url: str) -> None:
    async def talk() -> None:
        turns = Turns()
        one, other = [process async for process in processes(url, turns)]
        for number in range(PAIRS):
            answers = await asyncio.gather(one.say(f"c{number}", "a", "1"), other.say(f"c{number}", "b", "2"))
            assert answers == [[{"text": "Heard: a"}], [{"text": "Heard: b"}]]
            assert len(await one.inbox.turns(f"c{number}")) == 2
        assert turns.overlaps == 0
        assert len(set(turns.heard)) == len(turns.heard) == 2 * PAIRS

    asyncio.run(talk())


def test_copies_of_a_message_count_once_and_get_the_same_answer(url: str) -> None:
    async def talk() -> None:
        turns = Turns()
        both = [process async for process in processes(url, turns)]
        for number in range(COPIES):
            turns.fails = 0
            copies = itertools.islice(itertools.cycle(both), 2 + number % 4)
            answers = await asyncio.gather(*(process.say("a", CALF, str(number)) for process in copies))
            assert all(answer == [{"text": f"Heard: {CALF}"}] for answer in answers)
            assert turns.heard.count(("a", str(number))) == 1

    asyncio.run(talk())


def test_a_copy_takes_over_where_the_first_has_failed(url: str) -> None:
    async def talk() -> None:
        turns = Turns()
        one, other = [process async for process in processes(url, turns)]
        turns.fails, turns.pause = 1, 0.2
        answers = await asyncio.gather(one.say("a", CALF, "1"), other.say("a", CALF, "1"), return_exceptions=True)
        assert sorted(map(type, answers), key=str) == sorted([NotSavedError, list], key=str)
        assert turns.heard == [("a", "1")]

    asyncio.run(talk())


def test_a_message_of_a_process_that_died_is_taken_over(url: str) -> None:
    async def talk() -> None:
        turns = Turns()
        one, other = [process async for process in processes(url, turns)]
        await one.inbox.open("a", "1", CALF)  # and then killed: no answer, no lock
        assert await other.say("a", CALF, "1") == [{"text": f"Heard: {CALF}"}]
        assert await one.say("a", CALF, "1") == [{"text": f"Heard: {CALF}"}]
        assert turns.heard == [("a", "1")]

    asyncio.run(talk())


def test_what_waits_while_the_conversation_is_erased_does_not_bring_it_back(url: str) -> None:
    async def talk() -> None:
        turns = Turns()
        one, other = [process async for process in processes(url, turns)]
        held, waits = asyncio.Event(), asyncio.Event()

        async def erasing() -> None:
            async with one.lock("a"):
                held.set()
                await waits.wait()
                await one.inbox._database.run(erase, "a")

        erased = asyncio.create_task(erasing())
        await held.wait()
        waiting = asyncio.create_task(other.say("a", CALF, "1"))
        while not await one.inbox.turns("a"):
            await asyncio.sleep(0.01)
        waits.set()
        await erased
        with pytest.raises(NotSavedError):
            await waiting
        assert (turns.heard, await one.inbox.turns("a")) == ([], [])

    asyncio.run(talk())
