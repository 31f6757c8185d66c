"""What every messaging platform promises: consent first, once, in order, never silent, nothing left after a crash."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.channels.conversation import Deadlines
from bot.channels.doorstep import OFFER_ID
from bot.channels.events import Incoming, pseudonym
from bot.channels.platform import GoneError, LaterError, RefusedPostError
from bot.channels.posts import CLOSE, DOCUMENT, MARK, Style
from bot.channels.texts import text as words
from tests.channels.recorder import CALF, CHEST, URGENT, run, texts

AGREE, DECLINE = (f"{OFFER_ID}.0",), (f"{OFFER_ID}.1",)
ASKED = [{
    "text": "Does any of these apply?",
    "buttons": [{"title": title, "payload": title} for title in ("weaker", "tingling", "none of these")],
    "custom": {"type": "question", "multi": True, "exclusive": ["none of these"], "progress": {"step": 1, "of": 3}},
}]  # fmt: skip


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_SECRET", "a key of the tests only")


def test_nothing_is_kept_before_consent_and_the_first_message_is_answered_after(tmp_path: Path) -> None:
    async def talk(world) -> None:
        (card,) = await world.does(text=CALF)
        assert card.text == words("messaging.consent", delete="/delete", platform="the recorder")
        assert [title for title, _ in card.offer.buttons] == ["I agree", "No thanks"]
        assert (world.rows(), world.bot.heard, world.holds(CALF)) == (0, [], False)
        posts = await world.does(pressed=AGREE, message="m1")
        assert posts[0].kind == CLOSE
        assert f"Heard: {CALF}" in texts(posts)
        assert [text for _, text in world.bot.heard] == [CALF]

    run(tmp_path, talk)


@pytest.mark.parametrize("yes", ["I agree", "yes", "1", "ok."])
def test_consent_in_words_counts_only_after_the_question(tmp_path: Path, yes: str) -> None:
    async def talk(world) -> None:
        await world.says(yes)
        assert world.rows() == 0
        await world.says(yes)
        assert await world.letters.consent(pseudonym("recorder", "ann")) == 1

    run(tmp_path, talk)


def test_after_a_restart_the_first_message_has_to_be_sent_again(tmp_path: Path) -> None:
    async def before(world) -> None:
        await world.says(CALF)

    async def after(world) -> None:
        assert "please send it again" in texts(await world.does(pressed=AGREE, event="later"))

    run(tmp_path, before)
    run(tmp_path, after)


def test_no_thanks_keeps_nothing(tmp_path: Path) -> None:
    async def talk(world) -> None:
        await world.says(CALF)
        assert words("messaging.declined") in texts(await world.does(pressed=DECLINE))
        assert (world.rows(), world.bot.heard) == (0, [])

    run(tmp_path, talk)


def test_a_red_flag_before_consent_is_answered_first_and_not_kept(tmp_path: Path) -> None:
    async def talk(world) -> None:
        for text in (CHEST, f"no thanks, {CHEST}", "no"):
            posts = await world.does(text=text)
            if "chest" in text:
                assert "Call now." in posts[0].text
        assert (world.rows(), world.bot.heard, world.holds(CHEST)) == (0, [], False)

    run(tmp_path, talk)


@pytest.mark.parametrize("wish", [{"text": "Delete my data."}, {"command": "delete"}, {"command": "stop"}])
def test_erasing_leaves_nothing_and_asks_anew(tmp_path: Path, wish: dict) -> None:
    async def talk(world) -> None:
        await world.agrees()
        await world.says(CALF)
        assert world.rows() > 0
        assert "has been erased" in texts(await world.does(**wish))
        assert world.rows() == 0
        assert "Before I answer" in await world.says(CALF)

    run(tmp_path, talk)


def test_withdrawing_on_the_old_privacy_text_erases(tmp_path: Path) -> None:
    async def talk(world) -> None:
        await world.agrees()
        assert "has been erased" in texts(await world.does(pressed=DECLINE))
        assert world.rows() == 0

    run(tmp_path, talk)


def test_an_event_counts_once_also_after_a_restart_and_at_once(tmp_path: Path) -> None:
    async def first(world) -> None:
        await world.agrees()
        await asyncio.gather(*(world.says(CALF, event="same") for _ in range(5)))
        assert [text for _, text in world.bot.heard].count(CALF) == 1

    async def second(world) -> None:
        assert await world.says(CALF, event="same") == ""
        assert world.bot.heard == []

    run(tmp_path, first)
    run(tmp_path, second)


def test_messages_of_one_person_are_answered_in_order_and_others_do_not_wait(tmp_path: Path) -> None:
    async def talk(world) -> None:
        await world.agrees("ann")
        await world.agrees("bob")
        await asyncio.gather(*(world.says(f"number {n}", who=who) for n in range(10) for who in ("ann", "bob")))
        for who in ("ann", "bob"):
            said = [post.text for address, post in world.platform.sent if address == f"chat-{who}"]
            assert [text for text in said if "number" in text] == [f"Heard: number {n}" for n in range(10)]

    run(tmp_path, talk)


def test_what_a_crash_left_behind_is_taken_up(tmp_path: Path) -> None:
    async def crash(world) -> None:
        await world.agrees()
        world.bot.go.clear()
        for n in range(3):
            await world.messenger.accept(Incoming("ann", "chat-ann", f"n{n}", text=f"number {n}"))
        await asyncio.sleep(0.01)
        world.messenger._closing = True  # nothing is begun anew
        for worker in world.messenger._workers.values():
            worker.cancel()

    async def after(world) -> None:
        for _ in range(200):
            await asyncio.sleep(0.01)
            if len(world.platform.sent) == 3:
                break
        assert [text for _, text in world.bot.heard] == ["number 0", "number 1", "number 2"]
        assert texts([post for _, post in world.platform.sent]) == "Heard: number 0\nHeard: number 1\nHeard: number 2"

    run(tmp_path, crash)
    run(tmp_path, after)


def test_a_finished_event_keeps_neither_words_nor_address(tmp_path: Path) -> None:
    async def talk(world) -> None:
        await world.agrees()
        await world.says(CALF)
        with world.engine.connect() as connection:
            bodies = connection.execute(sa.text("select body from letters")).scalars().all()
            assert bodies == [None] * len(bodies)
            assert connection.execute(sa.text("select count(*) from posts")).scalar() == 0
        assert pseudonym("recorder", "ann") not in ("ann", "chat-ann")

    run(tmp_path, talk)


def test_several_are_ticked_and_sent_with_done(tmp_path: Path) -> None:
    async def talk(world) -> None:
        world.bot.answers[CALF] = ASKED
        await world.agrees()
        (question,) = await world.does(text=CALF)
        assert "(Question 1 of about 3)" in question.text
        offer = question.offer
        for number, ticked in ((0, (0,)), (1, (0, 1)), (0, (1,)), (0, (0, 1))):
            (mark,) = await world.does(pressed=(offer.token(number),))
            assert (mark.kind, mark.offer.chosen, mark.message) == (MARK, ticked, mark.offer.message)
        closed, said = await world.does(pressed=(offer.token("done"),))
        assert closed.kind == CLOSE
        assert said.text == "✓ weaker, tingling\n\nHeard: weaker, tingling"
        assert world.bot.heard[-1][1] == "weaker, tingling"
        assert "earlier question" in texts(await world.does(pressed=(offer.token(1),)))
        assert world.bot.heard[-1][1] == "weaker, tingling"

    run(tmp_path, talk)


def test_what_stands_alone_is_sent_at_once_and_done_needs_a_choice(tmp_path: Path) -> None:
    async def talk(world) -> None:
        world.bot.answers[CALF] = ASKED
        await world.agrees()
        offer = (await world.does(text=CALF))[0].offer
        assert words("messaging.choose_first") in texts(await world.does(pressed=(offer.token("done"),)))
        assert "Heard: none of these" in texts(await world.does(pressed=(offer.token(2),)))

    run(tmp_path, talk)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("2", "tingling"), ("1, 2", "weaker, tingling"), ("1 and 3", "weaker"), ("3.", "none of these"), ("4", "4"),
     ("0", "0"), ("2 weeks", "2 weeks"), ("1.5", "1.5")],
)  # fmt: skip
def test_numbers_where_choices_are_numbered(tmp_path: Path, typed: str, meant: str) -> None:
    async def talk(world) -> None:
        world.bot.answers[CALF] = ASKED
        await world.agrees()
        assert "3) none of these" in await world.says(CALF)
        await world.says(typed)
        assert world.bot.heard[-1][1] == meant

    run(tmp_path, talk, style=Style(400, numbered=True))


def test_numbers_are_just_words_where_choices_are_buttons(tmp_path: Path) -> None:
    async def talk(world) -> None:
        world.bot.answers[CALF] = ASKED
        await world.agrees()
        await world.says(CALF)
        await world.says("2")
        assert world.bot.heard[-1][1] == "2"

    run(tmp_path, talk)


def test_what_takes_long_is_apologised_for_and_answered_later(tmp_path: Path) -> None:
    async def talk(world) -> None:
        await world.agrees()
        world.bot.go.clear()
        asyncio.get_running_loop().call_later(0.4, world.bot.go.set)
        slow, answer = await world.does(text=CALF)
        assert (slow.text, answer.text) == (words("answers.slow"), f"Heard: {CALF}")

    run(tmp_path, talk)


def test_an_urgent_answer_does_not_wait_and_is_given_once(tmp_path: Path) -> None:
    async def talk(world) -> None:
        world.bot.answers[CHEST] = [URGENT, {"text": "I stay with you."}]
        await world.agrees()
        world.bot.go.clear()
        asyncio.get_running_loop().call_later(0.3, world.bot.go.set)
        await world.messenger.accept(Incoming("ann", "chat-ann", "a", text=CALF))
        await asyncio.sleep(0)
        await world.messenger.accept(Incoming("ann", "chat-ann", "b", text=CHEST))
        await asyncio.sleep(0.02)
        assert "Call now." in world.platform.sent[-1][1].text  # while the first is still being worked on
        await world.quiet()
        said = texts([post for _, post in world.platform.sent])
        assert said.count("Call now.") == 1
        assert said.endswith(f"Heard: {CALF}\nI stay with you.")

    run(tmp_path, talk)


def test_a_turn_that_fails_is_told_and_the_buttons_stay(tmp_path: Path) -> None:
    async def talk(world) -> None:
        world.bot.answers[CALF] = ASKED
        await world.agrees()
        offer = (await world.does(text=CALF))[0].offer
        world.bot.fails = True
        assert await world.says("tingling") == words("errors.not_saved")
        assert "Call now." in await world.says(CHEST)
        world.bot.fails = False
        assert "earlier question" in texts(await world.does(pressed=(offer.token(2),)))

    run(tmp_path, talk)


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ({"unread": "media"}, "only read words"),
        ({"unread": "edited", "text": "my calf"}, "message is changed"),
        ({"unread": "edited", "text": CHEST}, "Call now."),
        ({"unread": "media", "text": "this rash"}, "Heard: this rash"),
        ({"unread": "media", "text": CHEST}, "Call now."),
        ({"text": "x" * 2_001}, "too long"),
        ({"text": "x" * 2_001 + CHEST}, "Call now."),
        ({"text": "\u0000\u200b"}, "only read words"),
        ({"text": "👍"}, "only read words"),
        ({"text": "/set_slot{x}"}, "Heard: /set_slot{x}"),
        ({"command": "start"}, "in your own words"),
        ({"command": "help"}, "do not diagnose"),
        ({"pressed": ("nonsense",)}, "earlier question"),
        ({"pressed": ("00000000.0",)}, "earlier question"),
    ],
)
def test_every_event_gets_a_sentence(tmp_path: Path, what: dict, said: str) -> None:
    async def talk(world) -> None:
        await world.agrees()
        assert said in texts(await world.does(**what)).replace("I can only read words, and", "only read words")

    run(tmp_path, talk, style=Style(600))


def test_a_flood_is_refused_but_not_its_red_flag(tmp_path: Path) -> None:
    async def talk(world) -> None:
        await world.agrees()
        world.bot.go.clear()
        for n in range(40):
            await world.messenger.accept(Incoming("ann", "chat-ann", f"n{n}", text=f"number {n}"))
        await world.messenger.accept(Incoming("ann", "chat-ann", "red", text=CHEST))
        world.bot.go.set()
        await world.quiet()
        said = texts([post for _, post in world.platform.sent])
        assert said.count("That was a lot at once") == 1
        assert said.count("Call now.") == 1
        assert said.count("Heard: number") == 30

    run(tmp_path, talk, deadlines=Deadlines(answer=5, urgent=5, turn=5))


def test_a_platform_out_of_order_is_asked_again_and_a_refused_post_dropped(tmp_path: Path) -> None:
    async def talk(world) -> None:
        await world.agrees()
        world.platform.fails = [LaterError(), LaterError(0.001), LaterError()]
        assert await world.says(CALF) == f"Heard: {CALF}"
        world.platform.fails = [RefusedPostError()]
        assert await world.says("one") == ""
        world.platform.fails = [GoneError()]
        assert await world.says("two") == ""
        assert await world.says("three") == "Heard: three"

    run(tmp_path, talk)


def test_a_database_that_fails_is_told_and_does_not_silence_a_red_flag(tmp_path: Path) -> None:
    async def talk(world) -> None:
        await world.agrees()
        with world.engine.begin() as connection:
            connection.execute(sa.text("drop table letters"))
        assert await world.says(CALF) == words("errors.not_saved")
        assert "Call now." in await world.says(CHEST)

    run(tmp_path, talk)


def test_the_summary_comes_as_two_documents(tmp_path: Path) -> None:
    async def talk(world) -> None:
        summary = {"type": "summary", "text": "I have: cramps", "fhir": {"resourceType": "Bundle"}}
        world.bot.answers["list"] = [{"text": "To take to your doctor.", "custom": summary}]
        await world.agrees()
        said, text, fhir = await world.does(text="list")
        assert said.text == "To take to your doctor."
        assert (text.kind, text.name, text.text) == (DOCUMENT, "for-your-doctor.txt", "I have: cramps")
        assert (fhir.media_type, fhir.name) == ("application/fhir+json", "for-your-doctor.fhir.json")

    run(tmp_path, talk)


@pytest.mark.parametrize("slow", ["accept", "lease", "offer", "add_posts"])
def test_an_urgent_answer_waits_for_no_database_and_is_given_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slow: str
) -> None:
    monkeypatch.setattr("bot.channels.urgency.DUE_S", 0.05)

    async def talk(world) -> None:
        await world.agrees()
        quick = getattr(world.letters, slow)

        async def slowly(*given, **named):
            await asyncio.sleep(0.5)
            return await quick(*given, **named)

        monkeypatch.setattr(world.letters, slow, slowly)
        accepting = asyncio.create_task(world.messenger.accept(Incoming("ann", "chat-ann", "red", text=CHEST)))
        await asyncio.sleep(0.3)
        assert "Call now." in world.platform.sent[-1][1].text
        await accepting
        await world.quiet()
        assert texts([post for _, post in world.platform.sent]).count("Call now.") == 1

    run(tmp_path, talk)
