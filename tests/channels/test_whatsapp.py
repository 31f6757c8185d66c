"""WhatsApp's own part, for both providers: who sends, what was said, how it looks, what their answers mean."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from bot.channels import whatsapp_meta as meta
from bot.channels import whatsapp_twilio as twilio
from bot.channels.events import DELETE, MEDIA, STOP
from bot.channels.platform import GoneError, LaterError, RefusedPostError
from bot.channels.posts import CLOSE, MARK, TEXT, Post
from bot.channels.texts import text as words
from bot.channels.whatsapp import WhatsApp
from tests.channels.standins import meta as meta_standin
from tests.channels.standins import twilio as twilio_standin
from tests.channels.test_card import TURN
from tests.channels.test_slack import QUESTION

VALIDATOR = RequestValidator(twilio_standin.TOKEN)
FIELDS = twilio_standin.fields("my calf twitches", event_id="SM1")
RIGHT = twilio_standin.signature(FIELDS)


def is_right(fields: dict[str, str], signature: str, url: str = twilio_standin.WEBHOOK) -> bool:
    form = twilio.Form.of(twilio_standin.body(fields))
    return twilio.is_from_twilio(VALIDATOR, url, form, signature)


def test_the_signature_of_twilios_documentation():
    """The worked example of https://www.twilio.com/docs/usage/security."""
    form = {"CallSid": "CA1234567890ABCDE", "Caller": "+12349013030", "Digits": "1234", "From": "+12349013030"}
    form["To"] = "+18005551212"
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert twilio_standin.signature(form, token="12345", url=url) == "0/KCTR6DLpKmkAf8muzZqo1nDgQ="


@pytest.mark.parametrize(
    "fields",
    [FIELDS, {**FIELDS, "Body": ""}, {**FIELDS, "Body": "ünïcode 😀 & = + %"}, {**FIELDS, "Body": "two\nlines"}],
)
def test_what_twilio_signed_is_right_with_the_port_or_without(fields):
    assert is_right(fields, twilio_standin.signature(fields))
    port = twilio_standin.WEBHOOK.replace(".example/", ".example:443/")
    assert is_right(fields, twilio_standin.signature(fields, url=port))


@pytest.mark.parametrize(
    ("fields", "signature"),
    [
        (FIELDS, ""), (FIELDS, RIGHT.lower()), (FIELDS, RIGHT[:-1]), (FIELDS, RIGHT + "="), (FIELDS, "é"),
        (FIELDS, "\udcff"),
        ({**FIELDS, "Body": "another"}, RIGHT), ({**FIELDS, "More": "1"}, RIGHT),
        ({name: value for name, value in FIELDS.items() if name != "WaId"}, RIGHT),
        (FIELDS, twilio_standin.signature(FIELDS, token="another")),
        (FIELDS, twilio_standin.signature(FIELDS, url="http://bot.clinic.example/webhooks/whatsapp/webhook")),
        (FIELDS, twilio_standin.signature(FIELDS, url=twilio_standin.WEBHOOK + "?a=1")),
        (FIELDS, twilio_standin.signature(FIELDS, url="https://evil.example/webhooks/whatsapp/webhook")),
    ],
)  # fmt: skip
def test_all_else_is_wrong(fields, signature):
    assert not is_right(fields, signature)


@given(st.binary(max_size=300), st.text(max_size=40))
def test_whatever_comes_it_is_wrong_or_no_form(body, signature):
    try:
        form = twilio.Form.of(body)
    except ValueError:
        return
    assert not twilio.is_from_twilio(VALIDATOR, twilio_standin.WEBHOOK, form, signature)


def said(**fields: str):
    form = twilio.Form.of(twilio_standin.body({**FIELDS, **fields}))
    return twilio.of_request(form, twilio_standin.NUMBER)


def test_a_message_through_twilio():
    incoming = said()
    assert (incoming.text, incoming.event_id) == ("my calf twitches", "SM1")
    assert incoming.platform_id == incoming.address == "whatsapp:+491701234567"


@pytest.mark.parametrize(
    "fields",
    [
        {"MessageSid": ""},
        {"From": ""},
        {"From": "+491701234567"},
        {"From": "whatsapp:me"},
        {"To": "whatsapp:+4911111111"},
    ],
)
def test_what_is_not_for_us(fields):
    assert said(**fields) is None


@pytest.mark.parametrize(
    ("fields", "unread", "text"),
    [
        ({"NumMedia": "1", "Body": "", "MediaUrl0": "https://a.example"}, MEDIA, ""),
        ({"NumMedia": "2", "Body": "my rash"}, MEDIA, "my rash"),
        ({"Body": "", "Latitude": "52.5", "Longitude": "13.4"}, MEDIA, ""),
        ({"Body": " "}, MEDIA, " "),
    ],
)
def test_media_is_answered(fields, unread, text):
    assert (said(**fields).unread, said(**fields).text) == (unread, text)


@pytest.mark.parametrize(("text", "command"), [("STOP", STOP), ("Delete my data", DELETE), ("stop it hurts", "")])
def test_commands_are_plain_words(text, command):
    assert said(Body=text).command == command


BODY = meta_standin.messages("my calf twitches", "and hurts", event_id="1")
SIGNATURE = meta_standin.signed(BODY)["X-Hub-Signature-256"]


@pytest.mark.parametrize(
    ("body", "signature", "right"),
    [
        (BODY, SIGNATURE, True), (b"\xff\x00", meta_standin.signed(b"\xff\x00")["X-Hub-Signature-256"], True),
        (BODY, "", False), (BODY, SIGNATURE.upper(), False), (BODY, SIGNATURE[7:], False),
        (BODY + b" ", SIGNATURE, False),
        (BODY, meta_standin.signed(BODY, secret="another")["X-Hub-Signature-256"], False), (BODY, "sha256=é", False),
        (BODY, SIGNATURE.replace("sha256", "sha1"), False), (BODY, "\udcff", False),
    ],
)  # fmt: skip
def test_metas_signature(body, signature, right):
    assert meta.is_from_meta(meta_standin.SECRET, body, signature) is right


def from_meta(**more):
    return meta.of_request(json.loads(meta_standin.messages("hello", event_id="1", **more)), meta_standin.NUMBER_ID)


def test_messages_through_meta_in_order():
    found = meta.of_request(json.loads(BODY), meta_standin.NUMBER_ID)
    assert [(each.text, each.event_id) for each in found] == [
        ("my calf twitches", "wamid.1.0"), ("and hurts", "wamid.1.1"),
    ]  # fmt: skip
    assert meta.of_request(json.loads(BODY), "another number") == []


@pytest.mark.parametrize(
    ("more", "unread", "text"),
    [
        ({"type": "image", "image": {"id": "1", "caption": "my rash"}}, MEDIA, "my rash"),
        ({"type": "audio", "audio": {"id": "1"}}, MEDIA, ""),
        ({"type": "location", "location": {"latitude": 1}}, MEDIA, ""),
        ({"type": "text", "text": {"body": 7}}, MEDIA, ""),
    ],
)
def test_media_through_meta_is_answered(more, unread, text):
    (incoming,) = from_meta(**more)
    assert (incoming.unread, incoming.text) == (unread, text)


@pytest.mark.parametrize(
    "data", [None, [], {}, {"entry": 1}, {"entry": [{"changes": [{"value": {"statuses": [{}]}}]}]}]
)
def test_reports_and_nonsense_are_no_messages(data):
    assert meta.of_request(data, meta_standin.NUMBER_ID) == []
    assert from_meta(type="reaction", reaction={"emoji": "x"}) == []


def rendered(messages: list[dict], longest: int) -> list[Post]:
    class Api:
        longest_text = longest

    return WhatsApp("whatsapp", Api()).render(messages)


def test_choices_are_a_numbered_list():
    (post,) = rendered([QUESTION], 1600)
    assert "1) little daylight\n2) darker skin\n3) none of these" in post.text
    assert words("messaging.reply_numbers") in post.text
    assert post.offer.number("1, 2").text == "little daylight, darker skin"


def test_the_result_has_its_sources_and_no_document():
    posts = rendered(
        [*TURN, {"text": "For your doctor.", "custom": {"type": "summary", "text": "x", "fhir": {}}}], 1600
    )
    assert {post.kind for post in posts} == {TEXT}
    assert "[1] NHS" in "".join(post.text for post in posts)


@given(st.lists(st.text(max_size=5000), min_size=1, max_size=4), st.sampled_from([1600, 4096]))
def test_no_part_is_too_long_and_nothing_is_lost(texts, longest):
    posts = rendered([{"text": text} for text in texts], longest)
    assert all(0 < len(post.text) <= longest for post in posts)
    assert "".join("".join(post.text for post in posts).split()) == "".join("".join(texts).split())


@pytest.fixture(params=["twilio", "meta"])
def server(request) -> Iterator[twilio_standin.Twilio | meta_standin.Meta]:
    with twilio_standin.Twilio() if request.param == "twilio" else meta_standin.Meta() as running:
        yield running


def receiver(server, number: str = "491701234567") -> str:
    return f"whatsapp:+{number}" if isinstance(server, twilio_standin.Twilio) else number


def send(server, *posts: Post, to: str = "491701234567", token: str = "") -> list[str]:
    async def inside() -> list[str]:
        async with aiohttp.ClientSession() as session:
            if isinstance(server, twilio_standin.Twilio):
                api = twilio.TwilioApi(
                    session, twilio_standin.ACCOUNT, token or twilio_standin.TOKEN, twilio_standin.NUMBER, server.url
                )
            else:
                api = meta.MetaApi(session, token or meta_standin.TOKEN, meta_standin.NUMBER_ID, server.api)
            return [await WhatsApp("whatsapp", api).send(receiver(server, to), post) for post in posts]

    return asyncio.run(inside())


def test_sending(server):
    ids = send(server, Post(TEXT, "hällo & = + 😀"), Post(MARK), Post(CLOSE, message="x"))
    assert server.shown(receiver(server)) == ["hällo & = + 😀"]
    assert [bool(one) for one in ids] == [True, False, False]


@pytest.mark.parametrize("fault", [500, 503, 429, "reset"])
def test_what_may_work_later(server, fault):
    server.faults = [fault]
    with pytest.raises(LaterError):
        send(server, Post(TEXT, "hello"))


def test_who_cannot_be_reached_and_what_is_refused(server):
    server.gone.add(receiver(server, "4900000000"))
    with pytest.raises(GoneError):
        send(server, Post(TEXT, "hello"), to="4900000000")
    with pytest.raises(RefusedPostError):
        send(server, Post(TEXT, "x" * 4097))


def test_a_wrong_token_is_told_without_it(server, caplog):
    with pytest.raises(LaterError):
        send(server, Post(TEXT, "hello"), token="wrong-token")
    assert "refuses" in caplog.text
    assert "wrong-token" not in caplog.text


def test_too_many_calls_wait_as_long_as_twilio_says():
    with twilio_standin.Twilio(retry_after="7") as server:
        server.faults = [429]
        with pytest.raises(LaterError) as later:
            send(server, Post(TEXT, "hello"))
    assert later.value.seconds == 7
