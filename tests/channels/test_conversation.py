"""What every channel promises, tried with turns that answer, fail, hang or say nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.channels.conversation import Conversations, Deadlines, NotSavedError
from bot.channels.texts import text as words
from bot.stores.database import Database
from bot.stores.inbox import Inbox
from bot.stores.lock_store import ConversationLocks
from bot.stores.sealing import Keyring, new_key
from bot.stores.start import prepare

URGENT = {"text": "Call now.", "custom": {"type": "red_flag", "level": "L1", "rule": "RF-04"}}
CALF = "my calf twitches"
CHEST = "crushing chest pain"


class Bot:
    """A turn that can be held back, made to fail or kept silent; counts what reaches it."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.fails = self.silent = self.held = False
        self.go = asyncio.Event()

    async def handle(self, _conversation: str, _message_id: str, text: str) -> list[dict]:
        self.heard.append(text)
        if self.held:
            await self.go.wait()
        if self.fails:
            raise ValueError(text)
        return [] if self.silent else [{"text": f"Heard: {text}"}]


@pytest.fixture(params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    is_sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path / 'kept.db'}" if is_sqlite else request.getfixturevalue("cluster").database()
    database = Database(url, Keyring([new_key()]))
    prepare(database)
    return database


def conversations(bot: Bot, kept: Database, *, turn: float = 30.0, answer: float = 5.0, recovered: list | None = None):
    async def recover(*_: str) -> list | None:
        return recovered

    return Conversations(
        handle=bot.handle,
        recover=recover,
        gate=lambda text: dict(URGENT) if "chest" in text else None,
        lock=ConversationLocks(kept_in=kept).lock,
        inbox=Inbox(kept, now=lambda: 0.0),
        deadlines=Deadlines(answer=answer, urgent=answer, turn=turn),
    )


async def until(true: Callable[[], object]) -> None:
    for _ in range(1_000):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("never true")


def test_an_answer(kept) -> None:
    async def talk() -> None:
        bot = Bot()
        talks = conversations(bot, kept)
        assert await talks.say("a", CALF, "1") == [{"text": f"Heard: {CALF}"}]
        (turn,) = await talks.inbox.turns("a")
        assert turn.pop("at") is not None
        assert turn == {"id": "1", "message": CALF, "answers": [{"text": f"Heard: {CALF}"}]}

    asyncio.run(talk())


def test_the_same_id_counts_once_also_after_a_restart(kept) -> None:
    async def talk() -> None:
        bot = Bot()
        first = await conversations(bot, kept).say("a", CALF, "1")
        again = await conversations(bot, kept).say("a", CALF, "1")
        assert (again, bot.heard) == (first, [CALF])

    asyncio.run(talk())


def test_the_same_id_counts_once_also_at_the_same_time(kept) -> None:
    async def talk() -> None:
        bot = Bot()
        talks = conversations(bot, kept)
        answers = await asyncio.gather(*(talks.say("a", CALF, "1") for _ in range(5)))
        assert bot.heard == [CALF]
        assert all(answer == answers[0] for answer in answers)

    asyncio.run(talk())


def test_the_same_id_of_another_person_is_another_message(kept) -> None:
    async def talk() -> None:
        bot = Bot()
        talks = conversations(bot, kept)
        await talks.say("a", CALF, "1")
        await talks.say("b", "my hip aches", "1")
        assert bot.heard == [CALF, "my hip aches"]

    asyncio.run(talk())


def test_without_an_id_every_message_counts(kept) -> None:
    async def talk() -> None:
        bot = Bot()
        talks = conversations(bot, kept)
        await talks.say("a", CALF)
        await talks.say("a", CALF)
        assert bot.heard == [CALF, CALF]

    asyncio.run(talk())


def test_messages_of_one_person_are_handled_one_after_the_other(kept) -> None:
    async def talk() -> None:
        bot = Bot()
        bot.held = True
        talks = conversations(bot, kept)
        both = asyncio.gather(talks.say("a", "first"), talks.say("a", "second"))
        await until(lambda: bot.heard)
        assert bot.heard == ["first"]
        bot.go.set()
        await both
        assert bot.heard == ["first", "second"]

    asyncio.run(talk())


def test_silence_becomes_an_apology(kept) -> None:
    async def talk() -> None:
        bot = Bot()
        bot.silent = True
        assert await conversations(bot, kept).say("a", CALF) == [{"text": words("answers.nothing_said")}]

    asyncio.run(talk())


def test_a_slow_turn_is_told_and_its_answer_kept(kept) -> None:
    async def talk() -> None:
        bot = Bot()
        bot.held = True
        talks = conversations(bot, kept, answer=0.5)
        assert await talks.say("a", CALF, "1") == [{"text": words("answers.slow")}]
        bot.go.set()
        assert await talks.say("a", CALF, "1") == [{"text": f"Heard: {CALF}"}]
        assert bot.heard == [CALF]

    asyncio.run(talk())


def test_a_failed_turn_is_told_and_can_be_sent_again(kept) -> None:
    async def talk() -> None:
        bot = Bot()
        bot.fails = True
        talks = conversations(bot, kept)
        with pytest.raises(NotSavedError):
            await talks.say("a", CALF, "1")
        assert await talks.inbox.turns("a") == []
        bot.fails = False
        assert await talks.say("a", CALF, "1") == [{"text": f"Heard: {CALF}"}]

    asyncio.run(talk())


def test_a_message_that_was_acknowledged_is_not_taken_out_when_its_turn_fails_later(kept) -> None:
    async def talk() -> None:
        bot = Bot()
        bot.held = bot.fails = True
        talks = conversations(bot, kept, answer=0.5)
        assert await talks.say("a", CALF, "1") == [{"text": words("answers.slow")}]
        bot.go.set()
        await until(lambda: talks.running("a", "1") is None)
        assert [turn["id"] for turn in await talks.inbox.turns("a")] == ["1"]
        with pytest.raises(NotSavedError):
            await conversations(bot, kept).say("a", CALF, "1")  # in another process
        assert [turn["id"] for turn in await talks.inbox.turns("a")] == ["1"]
        bot.fails = False
        assert await talks.say("a", CALF, "1") == [{"text": f"Heard: {CALF}"}]

    asyncio.run(talk())


def test_a_turn_that_never_ends_is_given_up(kept) -> None:
    async def talk() -> None:
        bot = Bot()
        bot.held = True
        talks = conversations(bot, kept, turn=0.01)
        with pytest.raises(NotSavedError):
            await talks.say("a", CALF, "1")
        bot.held = False
        assert await talks.say("a", "next", "2") == [{"text": "Heard: next"}]

    asyncio.run(talk())


@pytest.mark.parametrize("fault", ["fails", "silent", "held"])
def test_an_urgent_answer_comes_whatever_is_wrong(kept, fault: str) -> None:
    async def talk() -> None:
        bot = Bot()
        setattr(bot, fault, True)
        talks = conversations(bot, kept, answer=0.5)
        assert await talks.say("a", CHEST, "1") == [URGENT]
        assert await talks.say("a", CHEST, "1") == [URGENT]
        bot.go.set()
        assert await talks.say("a", CHEST, "1") == [URGENT]
        assert [turn["answers"] for turn in await talks.inbox.turns("a")] == [[URGENT]]

    asyncio.run(talk())


def test_an_urgent_answer_needs_no_database(kept) -> None:
    async def talk() -> None:
        bot = Bot()
        talks = conversations(bot, kept)
        with kept.engine.begin() as connection:
            connection.execute(sa.text("drop table inbox"))
        assert await talks.say("a", CHEST) == [{**URGENT, "custom": {**URGENT["custom"], "kept": False}}]
        with pytest.raises(NotSavedError):
            await talks.say("a", CALF)
        assert bot.heard == []

    asyncio.run(talk())


def test_a_broken_gate_leaves_the_talk_working(kept, caplog) -> None:
    async def talk() -> None:
        talks = conversations(Bot(), kept)

        def broken(text: str) -> None:
            raise KeyError(text)

        talks.gate = broken
        assert await talks.say("a", CALF) == [{"text": f"Heard: {CALF}"}]

    asyncio.run(talk())
    assert "gate failed: KeyError" in caplog.text
    assert CALF not in caplog.text


def test_a_kept_turn_whose_answer_was_lost_is_not_run_again(kept) -> None:
    async def talk() -> None:
        bot = Bot()
        await Inbox(kept).open("a", "1", CALF)  # stopped before the answer was written down
        talks = conversations(bot, kept, recovered=[{"text": "Said before."}])
        assert await talks.say("a", CALF, "1") == [{"text": "Said before."}]
        assert bot.heard == []

    asyncio.run(talk())


def test_a_message_that_was_never_handled_is_handled_when_sent_again(kept) -> None:
    async def talk() -> None:
        bot = Bot()
        await Inbox(kept).open("a", "1", CALF)  # stopped before the turn was kept
        assert await conversations(bot, kept).say("a", CALF, "1") == [{"text": f"Heard: {CALF}"}]

    asyncio.run(talk())


def test_without_words_nothing_runs(kept) -> None:
    async def talk() -> None:
        bot = Bot()
        assert await conversations(bot, kept).say("a", "\U0001f629") == [{"text": words("answers.no_words")}]
        assert bot.heard == []

    asyncio.run(talk())


def test_forgetting_stops_what_runs(kept) -> None:
    async def talk() -> None:
        bot = Bot()
        bot.held = True
        talks = conversations(bot, kept)
        waiting = asyncio.ensure_future(talks.say("a", CALF))
        await until(lambda: bot.heard)
        await talks.forget("a")
        with pytest.raises(NotSavedError):
            await waiting

    asyncio.run(talk())
