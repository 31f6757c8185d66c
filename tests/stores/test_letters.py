"""What messaging platforms bring and take: once, only with consent, sealed, gone with the conversation or its time."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from bot.stores.database import Database
from bot.stores.erasing import OF_A_CONVERSATION, erase
from bot.stores.letters import Accepted, Letter, Letters
from bot.stores.retention import Retention
from bot.stores.start import prepare
from tests.stores.conftest import do

CANARY = "canaryinthecoalmine"
DAY_S = 24 * 3600.0


def letter(event: str, conversation: str = "ann") -> Letter:
    return Letter("telegram", event, conversation, {"text": f"{CANARY} {event}", "address": f"{CANARY} street"})


@pytest.fixture
def letters(kept: Database) -> Letters:
    prepare(kept)
    return Letters(kept, now=lambda: 0.0)


async def accepted(letters: Letters, event: str, *, most: int = 9) -> Accepted:
    return await letters.accept(letter(event), consent=2, most=most)


def rows(kept: Database) -> int:
    def count(connection: sa.engine.Connection) -> int:
        return sum(len(connection.execute(sa.select(table)).all()) for table in OF_A_CONVERSATION)

    return kept.now(count)


def test_a_letter_is_kept_with_consent_to_this_version_once_and_in_bounds(letters: Letters, kept: Database) -> None:
    async def talk() -> None:
        assert await accepted(letters, "1") is Accepted.NOBODY
        assert rows(kept) == 0
        await letters.agree([letter("yes")], consent=1)
        assert await accepted(letters, "1") is Accepted.NOBODY
        await letters.agree([letter("yes")], consent=2)
        assert await letters.waiting("telegram", "ann") == 1
        assert await accepted(letters, "1") is Accepted.NEW
        assert await accepted(letters, "1") is Accepted.KNOWN
        assert await accepted(letters, "2", most=2) is Accepted.FULL
        assert await letters.conversations("slack") == []
        for event in ("yes", "1"):
            first = await letters.next("telegram", "ann")
            assert first is not None
            assert (first.event, first.body) == (event, letter(event).body)
            await letters.finish(first)
        assert await letters.next("telegram", "ann") is None
        assert await accepted(letters, "1") is Accepted.KNOWN

    do(talk())


def test_posts_are_ticked_off_and_the_offer_is_replaced(letters: Letters) -> None:
    async def talk() -> None:
        await letters.agree([letter("yes")], consent=2)
        (one,) = [await letters.next("telegram", "ann")]
        assert one is not None
        await letters.said(letter("yes"), [{"text": "urgent"}])
        assert await letters.posts(one) == [(0, {"text": "urgent"}, True)]
        await letters.add_posts(one, [{"text": "slow"}], final=False)
        await letters.add_posts(one, [{"text": "answer"}], final=True, offer={"id": "a"})
        await letters.sent(one, 1)
        assert await letters.posts(one) == [
            (0, {"text": "urgent"}, True),
            (1, {"text": "slow"}, True),
            (2, {"text": "answer"}, False),
        ]
        await letters.sent(one, 2, offer={"id": "a", "message": "7"})
        assert await letters.offer("ann") == {"id": "a", "message": "7"}
        again = await letters.next("telegram", "ann")
        assert again is not None
        assert again.answered
        await letters.finish(one)
        assert await letters.posts(one) == []

    do(talk())


def test_nothing_readable_lies_on_the_disk_and_erasing_takes_all(
    letters: Letters, kept: Database, content: Callable[[], bytes]
) -> None:
    async def talk() -> None:
        await letters.agree([letter("yes"), letter("1"), letter("1", "bob")], consent=2)
        one = await letters.next("telegram", "ann")
        assert one is not None
        await letters.add_posts(one, [{"text": CANARY}], final=True, offer={"id": CANARY})
        assert CANARY.encode() not in content()
        await kept.run(erase, "ann")
        await kept.run(erase, "bob")
        assert rows(kept) == 0

    do(talk())


@pytest.mark.parametrize(("age_days", "left"), [(29, True), (31, False)])
def test_what_is_too_old_goes_with_its_consent(letters: Letters, kept: Database, age_days: int, left: bool) -> None:
    async def talk() -> None:
        await letters.agree([letter("yes")], consent=2)
        one = await letters.next("telegram", "ann")
        assert one is not None
        await letters.add_posts(one, [{"text": "x"}], final=True, offer={"id": "x"})
        await Retention(kept, days=30, now=lambda: age_days * DAY_S).purge()
        assert (rows(kept) > 0) is left
        assert (await letters.consent("ann") == 2) is left

    do(talk())


def test_one_process_works_on_a_conversation_where_there_are_several(kept: Database) -> None:
    prepare(kept)
    clock = [0.0]
    letters = Letters(kept, now=lambda: clock[0])

    async def talk() -> None:
        assert await letters.lease("ann", "one", 10)
        assert await letters.lease("ann", "one", 10)
        assert await letters.lease("ann", "two", 10) is not kept.is_shared
        clock[0] = 8.0
        await letters.renew("one", 10)
        clock[0] = 15.0
        assert await letters.lease("ann", "two", 10) is not kept.is_shared
        clock[0] = 19.0  # the first has died
        assert await letters.lease("ann", "two", 10)
        assert await letters.lease("ann", "one", 10) is not kept.is_shared
        await letters.release("two", "ann")
        assert await letters.lease("ann", "one", 10)
        await letters.release("one")
        assert await letters.lease("ann", "two", 10)

    do(talk())
