"""Slack's own part: who sends, what was said and pressed, how it looks, what its answers mean."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from urllib.parse import parse_qs

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.signature import Clock, SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.channels import slack_blocks
from bot.channels.events import DELETE, EDITED, HELP, MEDIA
from bot.channels.offers import Offer
from bot.channels.platform import GoneError, LaterError, RefusedPostError
from bot.channels.posts import CLOSE, DOCUMENT, MARK, TEXT, Post
from bot.channels.slack import Slack
from bot.channels.slack_requests import is_from_slack, of_action, of_event, plain
from tests.channels.standins import slack as standin
from tests.channels.test_card import TURN

NOW = 1_700_000_000.0
BODY = standin.message_event("my calf twitches", event_id="Ev1")


class Then(Clock):
    def now(self) -> float:
        return NOW


VERIFIER = SignatureVerifier(standin.SECRET, Then())


def is_right(body: bytes, headers: dict[str, str]) -> bool:
    return is_from_slack(VERIFIER, body, {name.lower(): value for name, value in headers.items()})


def test_the_signature_of_the_documentation():
    """The worked example of https://docs.slack.dev/authentication/verifying-requests-from-slack/."""
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name="
        b"foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2F"
        b"hooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015."
        b"47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    assert standin.signed(body, at=1531420618)["X-Slack-Signature"] == signature


@pytest.mark.parametrize("seconds", [0, -299, 299])
def test_a_fresh_signature_is_right(seconds):
    assert is_right(BODY, standin.signed(BODY, at=NOW + seconds))


RIGHT = standin.signed(BODY, at=NOW)
SIGNATURE = RIGHT["X-Slack-Signature"]
BAD_STAMPS = ("", "now", " 1700000000", "1e9", "٣", "-1", "9" * 40)
BAD_SIGNATURES = (
    "", "v0=", SIGNATURE.upper(), SIGNATURE[:-1], f"v1{SIGNATURE[2:]}", f"{SIGNATURE}0", "v0=" + "é" * 64,
    "v0=" + "0" * 64,
)  # fmt: skip


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Slack-Signature": RIGHT["X-Slack-Signature"]},
        {"X-Slack-Request-Timestamp": RIGHT["X-Slack-Request-Timestamp"]},
        standin.signed(BODY, at=NOW - 302),
        standin.signed(BODY, at=NOW + 302),
        standin.signed(BODY, at=NOW, secret="another"),
        {**RIGHT, "X-Slack-Request-Timestamp": str(int(NOW) + 1)},
        *({**RIGHT, "X-Slack-Request-Timestamp": stamp} for stamp in BAD_STAMPS),
        *({**RIGHT, "X-Slack-Signature": wrong} for wrong in BAD_SIGNATURES),
    ],
)  # fmt: skip
def test_all_else_is_wrong(headers):
    assert not is_right(BODY, headers)


@given(st.binary(), st.text(), st.text())
def test_whatever_comes_there_is_no_error(body, signature, stamp):
    assert not is_right(body, {"X-Slack-Signature": signature, "X-Slack-Request-Timestamp": stamp})


def test_a_body_that_is_no_text_is_wrong():
    assert not is_right(b"\xff", standin.signed(b"\xff", at=NOW))


def event(text: str = "hello", **more) -> dict:
    return json.loads(standin.message_event(text, event_id="Ev1", **more))


def test_a_direct_message():
    incoming = of_event(event("my calf &amp; foot twitch"))
    assert (incoming.text, incoming.address, incoming.event_id) == ("my calf & foot twitch", "DU1", "Ev1")
    assert incoming.platform_id == "T1:U1"


@pytest.mark.parametrize(
    "data",
    [
        event(channel_type="channel"), event(channel_type="group"), event(channel_type="mpim"), event(bot_id="B1"),
        event(subtype="message_deleted"), event(subtype="channel_join"), event(""), event("  "), event(user=""),
        {**event(), "event_id": ""}, {**event(), "type": "app_rate_limited"}, {}, {"event": 7},
        {**event(), "event": []},
        {**event(), "event": {**event()["event"], "type": "app_mention"}}, event(user={"id": "U1"}),
        event(subtype="message_changed", message={"user": "U1", "text": "a", "bot_id": "B1"}),
        event(subtype="message_changed", message={"user": "U1", "text": "a"}, previous_message={"text": "a"}),
    ],
)  # fmt: skip
def test_what_is_no_concern_of_ours(data):
    assert of_event(data) is None


@pytest.mark.parametrize(("text", "command"), [("help", HELP), ("Delete my data.", DELETE), ("/help", HELP)])
def test_commands_are_plain_words(text, command):
    assert of_event(event(text)).command == command


def test_files_and_changed_messages_are_told_apart():
    assert of_event(event("look", subtype="file_share", files=[{"id": "F1"}])).unread == MEDIA
    assert of_event(event("", files=[{"id": "F1"}])).unread == MEDIA
    changed = event("", subtype="message_changed", message={"user": "U1", "text": "b"}, previous_message={"text": "a"})
    assert (of_event(changed).unread, of_event(changed).text) == (EDITED, "b")


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("call <tel:112|112> now", "call 112 now"), ("call <tel:112>", "call 112"), ("<@U1> hi", " hi"),
        ("see <https://a.example|this>", "see this"), ("<https://a.example>", "https://a.example"),
        ("a &lt;b&gt; &amp; c", "a <b> & c"), ("<!here> help", " help"), ("1 &lt; 2", "1 < 2"),
    ],
)  # fmt: skip
def test_what_slack_marks_up_is_read_as_it_was_typed(sent, read):
    assert plain(sent) == read


TITLES = ["little daylight", "darker skin", "none of these"]
QUESTION = {
    "text": "What could lower it?",
    "buttons": [{"title": title, "payload": title} for title in TITLES],
    "custom": {"type": "question", "multi": True, "exclusive": TITLES[2:], "progress": {"step": 2, "of": 5}},
}


def pressed(message: dict, titles: list[str]):
    (post,) = [post for post in slack_blocks.render([message]) if post.offer]
    body = standin.press({"ts": "1.1", "blocks": slack_blocks.blocks_of(post)}, titles)
    return post.offer, of_action(json.loads(parse_qs(body.decode())["payload"][0]))


def test_ticks_count_when_done_is_pressed():
    offer, incoming = pressed(QUESTION, TITLES[:2])
    assert offer.press(incoming.pressed).text == "little daylight, darker skin"
    assert (incoming.message, incoming.address, incoming.platform_id) == ("1.1", "DU1", "T1:U1")


def test_done_without_a_tick_asks_to_choose():
    offer, incoming = pressed(QUESTION, [])
    assert (offer.press(incoming.pressed).text, offer.press(incoming.pressed).ticked) == ("", None)


def test_a_button_is_its_choice():
    offer, incoming = pressed({"text": "More?", "buttons": [{"title": "Why?", "payload": "Why?"}]}, ["Why?"])
    assert offer.press(incoming.pressed).text == "Why?"


@pytest.mark.parametrize(
    "data",
    [{}, {"type": "view_submission"}, {"type": "block_actions"}, {"type": "block_actions", "actions": [7]},
     {"type": "block_actions", "actions": [{"type": "checkboxes", "action_ts": "1"}]},
     {"type": "block_actions", "actions": "x"}],
)  # fmt: skip
def test_a_tick_and_what_is_not_ours_is_no_event(data):
    assert of_action(data) is None


def test_the_result_is_a_card_with_its_buttons():
    posts = slack_blocks.render(TURN)
    blocks = [slack_blocks.blocks_of(post) for post in posts]
    for each in blocks:
        standin.check_blocks(each)
    assert blocks[1][0]["type"] == "header"
    assert blocks[1][-1]["type"] == "actions"
    said = json.dumps(blocks[1])
    for part in (
        "Discuss the test",
        "*Muscle twitching*  `INDIRECT`",
        "stress, caffeine",
        "25-hydroxyvitamin D",
        "NHS",
    ):
        assert part in said
    assert posts[0].text == "Noted: twitching."
    assert Post.from_dict(json.loads(json.dumps(posts[1].to_dict()))) == posts[1]


def test_an_urgent_answer_stands_alone():
    urgent = {"text": "Call 999 now.", "custom": {"type": "red_flag", "level": "L1", "rule": "RF-04"}}
    (post,) = slack_blocks.render([urgent])
    assert "Call 999 now." in post.text


@given(
    st.lists(
        st.builds(
            lambda text, titles, multi: {
                "text": text,
                "buttons": [{"title": title, "payload": title} for title in titles],
                "custom": {"type": "question", "multi": multi},
            },
            st.text(max_size=9000),
            st.lists(st.text(min_size=1, max_size=200), max_size=60, unique=True),
            st.booleans(),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_whatever_the_bot_says_slack_takes_it(messages):
    for post in slack_blocks.render(messages):
        if post.kind == TEXT:
            standin.check_blocks(slack_blocks.blocks_of(post))


@pytest.fixture
def server() -> Iterator[standin.Slack]:
    with standin.Slack() as running:
        yield running


def send(server: standin.Slack, *posts: Post, channel: str = "DU1") -> list[str]:
    async def inside() -> list[str]:
        async with aiohttp.ClientSession() as session:
            client = AsyncWebClient(standin.TOKEN, base_url=server.api, session=session, retry_handlers=[])
            return [await Slack(client, limit=2).send(channel, post) for post in posts]

    return asyncio.run(inside())


def test_sending_and_taking_the_buttons_off(server):
    (post,) = slack_blocks.render([QUESTION])
    (stamp,) = send(server, post)
    (shown,) = server.shown("DU1")
    assert [block["type"] for block in shown["blocks"]] == ["section", "actions", "actions"]
    send(server, Post(MARK, offer=post.offer, message=stamp), Post(CLOSE, message=stamp), Post(CLOSE, message="9.9"))
    (shown,) = server.shown("DU1")
    assert [block["type"] for block in shown["blocks"]] == ["section"]
    assert "What could lower it?" in json.dumps(shown["blocks"])


def test_what_is_written_cannot_become_a_mention_or_a_link(server):
    send(server, Post(TEXT, "<!channel> <https://evil.example|click> *bold* &"))
    (shown,) = server.shown("DU1")
    assert shown["text"] == "&lt;!channel&gt; &lt;https://evil.example|click&gt; *bold* &amp;"
    assert shown["blocks"][0]["text"]["type"] == "plain_text"


def test_a_document_is_uploaded(server):
    send(server, Post(DOCUMENT, "für den Arzt", name="for-your-doctor.txt", media_type="text/plain"))
    assert server.files == [{"name": "for-your-doctor.txt", "length": 13, "content": "für den Arzt", "channel": "DU1"}]


@pytest.mark.parametrize(
    ("fault", "error"), [(500, LaterError), (503, LaterError), ("reset", LaterError), ("hang", LaterError)]
)
def test_what_may_work_later(server, fault, error):
    server.faults = [fault]
    with pytest.raises(error):
        send(server, Post(TEXT, "hello"))


def test_too_many_calls_wait_as_long_as_slack_says(server):
    server.faults, server.retry_after = [429], "7"
    with pytest.raises(LaterError) as later:
        send(server, Post(TEXT, "hello"))
    assert later.value.seconds == 7


def test_who_has_left_and_what_is_refused(server):
    server.gone.add("DU2")
    with pytest.raises(GoneError):
        send(server, Post(TEXT, "hello"), channel="DU2")
    with pytest.raises(RefusedPostError):
        send(
            server, Post(TEXT, "hello", blocks=({"type": "header", "text": {"type": "plain_text", "text": "x" * 151}},))
        )


def test_a_wrong_token_is_told_without_it(server, caplog):
    async def inside() -> None:
        async with aiohttp.ClientSession() as session:
            client = AsyncWebClient("xoxb-wrong-token", base_url=server.api, session=session, retry_handlers=[])
            with pytest.raises(LaterError):
                await Slack(client).send("DU1", Post(TEXT, "hello"))

    asyncio.run(inside())
    assert "slack refuses: invalid_auth" in caplog.text
    assert "xoxb-wrong-token" not in caplog.text


def test_an_offer_knows_its_message(server):
    offer = Offer("0123abcd", (("Why?", "Why?"),))
    (stamp,) = send(server, Post(TEXT, "x", offer))
    assert offer.shown_in(stamp).message == stamp
