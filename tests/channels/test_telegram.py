"""Telegram's end: what updates mean, how posts look, who is let in; the stand-in refuses what Telegram refuses."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import telegram as commands
from bot.channels import asked
from bot.channels.events import Incoming
from bot.channels.offers import Offer
from bot.channels.platform import GoneError, LaterError, RefusedPostError, UndeliveredError
from bot.channels.posts import CLOSE, DOCUMENT, MARK, TEXT, Post, Style, posts_of, split, utf16_units
from bot.channels.telegram import Telegram, TelegramInput, TelegramSettings
from bot.channels.telegram_api import BotApi, SetUpError
from bot.channels.telegram_updates import Update
from tests.channels.telegram_standin import SECRET, SECRET_HEADER, TOKEN, BotApiStandIn

CHAT = 77
WEBHOOK = "/webhooks/telegram/webhook"
TELEGRAM = {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_SECRET": SECRET}
QUESTION = Offer(
    "abcd1234", (("weaker", "weaker"), ("none of these", "none")), multi=True, exclusive=("none of these",)
)


@pytest.fixture
def standin() -> Iterator[BotApiStandIn]:
    with BotApiStandIn() as running:
        running.known.add(CHAT)
        yield running


def calling(standin: BotApiStandIn, talk: Callable[[Telegram], Awaitable[Any]], token: str = TOKEN) -> Any:
    async def inside() -> Any:
        async with aiohttp.ClientSession() as session:
            return await talk(Telegram(BotApi(session, token, standin.url)))

    return asyncio.run(inside())


# What updates mean.


def message(text: str = "", **more: Any) -> dict[str, Any]:
    return {"message_id": 5, "chat": {"id": CHAT, "type": "private"}, **({"text": text} if text else {}), **more}


@pytest.mark.parametrize(
    ("content", "meant"),
    [
        ({"message": message("my calf twitches")}, {"text": "my calf twitches"}),
        ({"message": message("/start")}, {"command": "start"}),
        ({"message": message("/start from-poster_1")}, {"command": "start"}),
        ({"message": message("/Delete@vitamin_test_bot ")}, {"command": "delete"}),
        ({"message": message("/stop i want to die")}, {"text": "/stop i want to die"}),
        ({"message": message("/start i have chest pain")}, {"text": "/start i have chest pain"}),
        ({"message": message("/restart")}, {"text": "/restart"}),
        ({"message": message(photo=[{}], caption="this rash")}, {"text": "this rash", "unread": "media"}),
        ({"message": message(voice={})}, {"unread": "media"}),
        ({"message": message(sticker={})}, {"unread": "media"}),
        ({"edited_message": message("the left calf")}, {"text": "the left calf", "unread": "edited"}),
        (
            {"callback_query": {"id": "9", "from": {"id": CHAT}, "message": message("?"), "data": "abcd1234.0"}},
            {"pressed": ("abcd1234.0",), "message": "5"},
        ),
    ],
)
def test_an_update_is_understood(content: dict, meant: dict) -> None:
    update = Update.read({"update_id": 3, **content})
    assert update is not None
    assert update.incoming() == Incoming(str(CHAT), str(CHAT), "3", **meant)


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"my_chat_member": {"chat": {"id": CHAT, "type": "private"}}},
        {"message": message(pinned_message={})},
        {"message": message("hi", **{"from": {"id": 1, "is_bot": True}})},
        {"message": {**message("hi"), "chat": {"id": -5, "type": "supergroup"}}},
        {"channel_post": message("hi")},
        {"poll": {}},
        {"message": "text"},
        {"message": []},
        {"callback_query": {"id": "9", "from": {"id": CHAT}, "data": "x"}},
    ],
)
def test_what_is_no_concern_of_ours_is_passed_over(content: dict) -> None:
    update = Update.read({"update_id": 3, **content})
    assert update is None or update.incoming() is None


KEYS = st.sampled_from(["update_id", "message", "chat", "id", "type", "text", "callback_query", "from", "data"])
SCALARS = st.none() | st.booleans() | st.integers() | st.text()


@given(st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner)))
def test_any_json_is_borne(data: Any) -> None:
    update = Update.read(data)
    assert update is None or update.incoming() is None or update.incoming().address


# How posts look.


def test_a_question_has_one_button_a_row_and_ticks(standin: BotApiStandIn) -> None:
    async def talk(telegram: Telegram) -> None:
        shown = await telegram.send(str(CHAT), Post(TEXT, "Does any apply?", QUESTION))
        (sent,) = standin.sent_to(CHAT)
        assert [[text for text, _ in row] for row in sent.keyboard] == [["☐ weaker"], ["none of these"], ["Done"]]
        await telegram.send(str(CHAT), Post(MARK, offer=Offer(**{**QUESTION.__dict__, "chosen": (0,)}), message=shown))
        assert sent.keyboard[0][0] == ("☑ weaker", "abcd1234.0")
        await telegram.send(str(CHAT), Post(CLOSE, message=shown))
        assert sent.keyboard == []

    calling(standin, talk)


def test_the_summary_is_a_document(standin: BotApiStandIn) -> None:
    post = Post(DOCUMENT, "I have: crämps", name="for-your-doctor.txt", media_type="text/plain")
    calling(standin, lambda telegram: telegram.send(str(CHAT), post))
    (sent,) = standin.sent_to(CHAT)
    assert sent.document == ("for-your-doctor.txt", "text/plain", "I have: crämps".encode())


@given(st.text(st.characters(blacklist_categories=["Cs"]), max_size=400), st.integers(4, 50))
def test_parts_are_short_enough_and_nothing_but_blanks_is_lost(text: str, limit: int) -> None:
    parts = split(text, Style(limit, utf16_units))
    assert all(0 < utf16_units(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("one two\n\nthree four\n\nfive", ["one two\n\nthree four", "five"]),
        ("😀" * 25, ["😀" * 10, "😀" * 10, "😀" * 5]),
        ("a" * 20 + "b", ["a" * 20, "b"]),
        ("first sentence. the next", ["first sentence.", "the next"]),
    ],
)
def test_where_a_text_is_parted(text: str, parts: list[str]) -> None:
    assert split(text, Style(20, utf16_units)) == parts


def test_a_long_turn_is_taken_by_the_platform(standin: BotApiStandIn) -> None:
    long = [{"text": "😀 word. " * 900}, {"text": "Choose", "buttons": [{"title": "y" * 100, "payload": "p" * 200}]}]

    async def talk(telegram: Telegram) -> None:
        for post in posts_of(long, telegram.style):
            await telegram.send(str(CHAT), post)

    calling(standin, talk)
    sent = standin.sent_to(CHAT)
    assert [bool(message.keyboard) for message in sent] == [False, True]


# What its answers mean, and that no secret gets out.


@pytest.mark.parametrize(
    ("prepare", "error"),
    [
        (lambda s: s.faults.append("429"), LaterError),
        (lambda s: s.faults.append("500"), LaterError),
        (lambda s: s.faults.append("reset"), LaterError),
        (lambda s: s.blocked.add(CHAT), GoneError),
        (lambda s: s.known.clear(), GoneError),
        (lambda s: None, RefusedPostError),
    ],
)
def test_an_error_is_understood_and_names_no_token(standin: BotApiStandIn, prepare: Any, error: type) -> None:
    prepare(standin)
    text = "" if error is RefusedPostError else "hello"
    with pytest.raises(error) as raised:
        calling(standin, lambda telegram: telegram.send(str(CHAT), Post(TEXT, text)))
    shown, cause = "", raised.value
    while cause is not None:
        shown, cause = f"{shown} {cause!r} {vars(cause)}", cause.__cause__ or cause.__context__
    assert TOKEN not in shown
    if standin.calls and "429" in str(raised.value.__dict__):
        assert raised.value.seconds == 1


def test_nothing_listening_is_later_and_a_wrong_token_is_told_as_such(standin: BotApiStandIn) -> None:
    with pytest.raises(SetUpError) as raised:
        calling(standin, lambda telegram: telegram.send(str(CHAT), Post(TEXT, "x")), token="1:" + "x" * 35)
    assert raised.value.code == 401

    async def nobody() -> None:
        async with aiohttp.ClientSession() as session:
            await BotApi(session, TOKEN, "http://127.0.0.1:9").call("getMe")

    with pytest.raises(LaterError):
        asyncio.run(nobody())


@pytest.mark.parametrize(
    ("missing", "mode", "named"),
    [
        ("TELEGRAM_TOKEN", "", "TELEGRAM_TOKEN"),
        ("TELEGRAM_SECRET", "", "TELEGRAM_SECRET"),
        ("TELEGRAM_SECRET", "polling", None),
    ],
)
def test_a_channel_without_its_secret_is_not_opened(tmp_path: Path, missing: str, mode: str, named: str | None) -> None:
    (tmp_path / "credentials.yml").write_text("bot.channels.web.WebInput: {}\n")
    environment = {**TELEGRAM, "BOT_CHANNELS": "telegram", "TELEGRAM_MODE": mode, missing: ""}
    if named is None:
        assert "${TELEGRAM_TOKEN}" in str(asked.credentials(tmp_path / "credentials.yml", environment))
        return
    with pytest.raises(asked.CannotOpenError, match=f"{named} is not set") as raised:
        asked.credentials(tmp_path / "credentials.yml", environment)
    assert TOKEN not in str(raised.value)
    with pytest.raises(asked.CannotOpenError, match=named):
        TelegramInput.from_credentials(
            {"token": environment["TELEGRAM_TOKEN"], "secret": environment["TELEGRAM_SECRET"]}
        )


def test_without_being_asked_nothing_but_the_web_is_open(tmp_path: Path) -> None:
    (tmp_path / "credentials.yml").write_text("bot.channels.web.WebInput: {}\n")
    assert asked.credentials(tmp_path / "credentials.yml", TELEGRAM) == {"bot.channels.web.WebInput": {}}
    with pytest.raises(asked.CannotOpenError, match="fax"):
        asked.credentials(tmp_path / "credentials.yml", {"BOT_CHANNELS": "fax"})


@pytest.mark.parametrize("wrong", [{"token": "abc"}, {"secret": "with blanks"}, {"mode": "pigeon"}, {"api": "ftp://x"}])
def test_a_malformed_setting_is_refused_without_being_shown(wrong: dict) -> None:
    given = {"token": TOKEN, "secret": SECRET, **wrong}
    with pytest.raises(asked.CannotOpenError) as raised:
        TelegramInput.from_credentials(given)
    assert not any(value in str(raised.value) for value in ("abc", "with blanks"))
    assert TOKEN not in repr(TelegramSettings(**given))


# The commands for the operator.


def test_the_webhook_is_set_shown_and_deleted(
    standin: BotApiStandIn, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    for name, value in standin.environment.items():
        monkeypatch.setenv(name, value)
    assert commands.main(["set-webhook", "https://bot.clinic.example/"]) == 0
    assert standin.webhook["url"] == "https://bot.clinic.example/webhooks/telegram/webhook"
    assert standin.webhook["secret_token"] == SECRET
    assert commands.main(["status"]) == 0
    assert "vitamin_test_bot" in capsys.readouterr().out
    assert commands.main(["delete-webhook"]) == 0
    assert standin.webhook == {}
    assert commands.main(["set-webhook", "http://bot.clinic.example"]) == 1
    monkeypatch.delenv("TELEGRAM_SECRET")
    assert commands.main(["set-webhook", "https://bot.clinic.example"]) == 1
    assert "TELEGRAM_SECRET is not set" in capsys.readouterr().err
    monkeypatch.setenv("TELEGRAM_TOKEN", "1:" + "x" * 35)
    assert commands.main(["status"]) == 1
    assert "TELEGRAM_TOKEN is wrong" in capsys.readouterr().err


# Who is let in: a real HTTP server around the channel, without Rasa.


@dataclass
class Door:
    """Telegram's channel behind HTTP. ``rows()``: everything kept."""

    standin: BotApiStandIn
    behind: Any

    def send(self, headers: dict[str, str], body: Any, path: str = WEBHOOK, method: str = "POST") -> int:
        """The status."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return int(self.behind.knock(path, content, headers, method=method))

    def told(self, update: dict[str, Any]) -> int:
        """The status of an update with the right secret."""
        return self.send({SECRET_HEADER: SECRET}, update)

    def rows(self) -> int:
        return int(self.behind.rows())


@pytest.fixture
def door(platforms: Any) -> Door:
    """With nothing recorded yet."""
    return Door(platforms.telegram, platforms.door)


WRONG = [
    "", " ", SECRET[:-1], SECRET + "x", SECRET.upper(), SECRET[::-1], f'"{SECRET}"', f"Bearer {SECRET}", TOKEN, "null",
    "undefined", "0", "true", "*", SECRET.replace("-", "_"), f"{SECRET},{SECRET}", f"{SECRET};", "é" * 8,
    "%00" + SECRET, "../" + SECRET, "' or 1=1 --", SECRET * 12, "a" * 4000,
]  # fmt: skip
BODIES = [
    {"update_id": 1, "message": message("crushing chest pain")},
    {"update_id": 2, "message": message("/delete")},
    {
        "update_id": 3,
        "callback_query": {"id": "1", "from": {"id": CHAT}, "message": message("?"), "data": "consent1.0"},
    },
    {"update_id": 4, "message": {**message("hello"), "chat": {"id": -9, "type": "group"}}},
    {},
    b"no json",
    b"",
]
ELSEWHERE = [
    {"Authorization": f"Bearer {SECRET}"}, {"X-Telegram-Bot-Api-Secret": SECRET}, {"X-Secret-Token": SECRET},
    {"Cookie": f"{SECRET_HEADER}={SECRET}"}, {"X-Hub-Signature-256": SECRET}, {"X-Forwarded-For": "149.154.160.1"},
]  # fmt: skip


def test_forged_unsigned_and_foreign_requests_are_refused_without_a_call_or_a_row(door: Door) -> None:
    rows, tried = door.rows(), 0
    forged = [{SECRET_HEADER: secret.encode().decode("latin-1")} for secret in WRONG] + ELSEWHERE + [{}]
    for headers in forged:
        for body in BODIES:
            assert door.send(headers, body) == 403, headers
            tried += 1
    right = {SECRET_HEADER: SECRET}
    for path in (f"/bot{TOKEN}", "/webhooks/telegram/", "/webhooks/telegram/set_webhook", "/webhooks/rest/webhook"):
        assert door.send(right, BODIES[0], path) in (404, 405)
        tried += 1
    for method in ("GET", "PUT", "DELETE", "PATCH"):
        assert door.send(right, BODIES[0], method=method) == 405
        tried += 1
    assert door.send({}, BODIES[0], f"{WEBHOOK}?{SECRET_HEADER}={SECRET}") == 403
    assert door.send(right, b"no json") == 400
    assert door.send(right, b"[" * 100_000) == 400
    assert door.send(right, b'{"x": "' + b"y" * 600_000 + b'"}') == 413
    assert tried >= 200
    assert (door.rows(), door.standin.calls) == (rows, [])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60))
def test_no_other_secret_opens(door: Door, secret: str) -> None:
    assert door.send({SECRET_HEADER: secret}, BODIES[0]) == (200 if secret == SECRET else 403)
    assert door.standin.calls == []


def test_a_replay_is_confirmed_and_does_nothing(door: Door, until: Callable[..., None]) -> None:
    first, rows = door.standin.writes(CHAT, "crushing chest pain"), door.rows()
    assert door.told(first) == 200
    before = len(door.standin.calls)
    assert [door.told(first) for _ in range(5)] == [200] * 5
    assert len(door.standin.calls) == before
    agree = door.standin.presses(CHAT, "I agree")
    assert [door.told(agree) for _ in range(3)] == [200] * 3
    until(lambda: "Thank you." in "".join(door.standin.texts_to(CHAT)), seconds=20)
    assert door.told(agree) == 200
    assert "".join(door.standin.texts_to(CHAT)).count("Thank you.") == 1
    assert door.told(door.standin.writes(CHAT, "/delete")) == 200
    until(lambda: "has been erased" in door.standin.texts_to(CHAT)[-1] and door.rows() == rows, seconds=20)


def test_a_group_is_told_once_and_left(door: Door) -> None:
    rows = door.rows()
    for _ in range(3):
        assert door.told(door.standin.writes(-500, "crushing chest pain")) == 200
    assert [method for method, _ in door.standin.calls] == ["sendMessage", "leaveChat"]
    assert door.rows() == rows


def test_unknown_updates_are_confirmed(door: Door) -> None:
    member = {"chat": {"id": CHAT, "type": "private"}, "new_chat_member": {"status": "kicked"}}
    for body in ({"update_id": 1, "my_chat_member": member}, {"update_id": 2, "poll": {}}, {"update_id": 3}, [], 7):
        assert door.told(body) == 200
    assert door.standin.calls == []


def test_a_red_flag_before_consent_needs_no_model_and_keeps_nothing(door: Door, until: Callable[..., None]) -> None:
    rows, chat = door.rows(), CHAT + 1
    for number, fault in enumerate(("500", "429", "reset", "lost"), start=1):
        door.standin.faults.append(fault)
        assert door.told(door.standin.writes(chat, "i have crushing chest pain and i am sweating")) == 200
        until(lambda n=number: sum("‼️" in text for text in door.standin.texts_to(chat)) >= n, seconds=20)
    assert door.rows() == rows


# Without a public address.


class Taker:
    """A messenger that takes events on, or refuses the first few."""

    def __init__(self, refuses: int = 0) -> None:
        self.taken: list[str] = []
        self.refuses = refuses

    async def accept(self, incoming: Incoming) -> None:
        if self.refuses:
            self.refuses -= 1
            raise UndeliveredError
        self.taken.append(incoming.text)


def polled(standin: BotApiStandIn, taker: Taker, done: Callable[[], bool]) -> None:
    """Let a polling channel run until it is done."""

    async def inside() -> None:
        channel = TelegramInput.from_credentials({"token": TOKEN, "mode": "polling", "api": standin.url})
        channel.messenger = taker
        async with aiohttp.ClientSession() as session:
            channel.platform(session)
            await channel.open()
            for _ in range(200):
                if done():
                    break
                await asyncio.sleep(0.05)
            await channel.close()
        assert done()

    asyncio.run(inside())


def test_polling_takes_what_is_written_in_order_and_confirms_it(standin: BotApiStandIn) -> None:
    standin.updates += [standin.writes(CHAT, f"number {n}") for n in range(5)] + [standin.writes(-9, "in a group")]
    taker = Taker()
    polled(standin, taker, lambda: not standin.updates)
    assert taker.taken == [f"number {n}" for n in range(5)]
    assert [method for method, _ in standin.calls if method != "getUpdates"] == ["sendMessage", "leaveChat"]


def test_what_could_not_be_taken_on_is_not_confirmed_and_comes_again(
    standin: BotApiStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.telegram.POLL_AGAIN_S", 0.01)
    standin.updates += [standin.writes(CHAT, f"number {n}") for n in range(3)]
    taker = Taker(refuses=2)
    polled(standin, taker, lambda: not standin.updates)
    assert taker.taken == [f"number {n}" for n in range(3)]


def test_a_webhook_that_is_set_is_told_in_the_log(standin: BotApiStandIn, caplog: pytest.LogCaptureFixture) -> None:
    standin.webhook = {"url": "https://bot.clinic.example"}
    polled(standin, Taker(), lambda: "delete-webhook" in caplog.text)
    assert "code 409" in caplog.text
    assert TOKEN not in caplog.text


def test_a_polling_channel_has_no_webhook(standin: BotApiStandIn) -> None:
    channel = TelegramInput.from_credentials({"token": TOKEN, "mode": "polling", "secret": SECRET, "api": standin.url})
    request = SimpleNamespace(headers={SECRET_HEADER: SECRET}, body=b"{}")
    assert asyncio.run(channel._webhook(request)).status == 403
