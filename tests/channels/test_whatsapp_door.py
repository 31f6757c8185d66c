"""Who is let in by WhatsApp's channels, Twilio's and Meta's: a real HTTP server around them, stand-ins behind them."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest

from bot.channels.asked import CannotOpenError
from bot.channels.whatsapp import MetaInput, TwilioInput
from tests.channels.door import Door
from tests.channels.standins import meta, twilio
from tests.channels.standins.base import wait_until

TWILIO, META = "/webhooks/whatsapp/webhook", "/webhooks/whatsapp-meta/webhook"
SETTINGS = {
    "account": twilio.ACCOUNT, "token": twilio.TOKEN, "number": twilio.NUMBER, "public_url": twilio.PUBLIC_URL,
}  # fmt: skip
META_SETTINGS = {
    "app_secret": meta.SECRET, "token": meta.TOKEN, "verify_token": meta.VERIFY, "number_id": meta.NUMBER_ID,
}  # fmt: skip
ANN = "whatsapp:+491701234567"
FORMS = {
    "message": twilio.fields("crushing chest pain", event_id="SM1"),
    "delete": twilio.fields("delete my data", event_id="SM2"),
    "agree": twilio.fields("1", event_id="SM3"),
    "picture": twilio.fields("", event_id="SM4", NumMedia="1", MediaUrl0="https://a.example/b"),
    "to somebody else": twilio.fields("hello", event_id="SM5", To="whatsapp:+4911111111"),
    "report": {"MessageSid": "SM6", "MessageStatus": "delivered", "To": ANN},
    "nothing": {},
}


def forgeries(form: dict[str, str]) -> dict[str, dict[str, str]]:
    """Headers that are not Twilio's for this form, by what is wrong with them."""
    right = twilio.signature(form)
    signatures = {
        "empty": "", "cut": right[:-1], "longer": right + "=", "lower case": right.lower(), "zeros": "0" * 28,
        "another token": twilio.signature(form, token="another"), "no token": twilio.signature(form, token=""),
        "the account as token": twilio.signature(form, token=twilio.ACCOUNT),
        "another form": twilio.signature({**form, "More": "1"}),
        "no form": twilio.signature({}, url=twilio.WEBHOOK + "x"),
        "http": twilio.signature(form, url=twilio.WEBHOOK.replace("https", "http")),
        "another path": twilio.signature(form, url=twilio.PUBLIC_URL + "/webhooks/whatsapp/other"),
        "another host": twilio.signature(form, url="https://evil.example/webhooks/whatsapp/webhook"),
        "another port": twilio.signature(form, url=twilio.WEBHOOK.replace(".example/", ".example:8443/")),
        "this machine": twilio.signature(form, url="http://127.0.0.1/webhooks/whatsapp/webhook"),
        "with a query": twilio.signature(form, url=twilio.WEBHOOK + "?a=1"), "not ascii": "é" * 28,
        "two": f"{right},{right}",
        "quoted": f'"{right}"', "hex": "0" * 40,
    }  # fmt: skip
    headers = {name: {"X-Twilio-Signature": signature} for name, signature in signatures.items()}
    return {
        **headers,
        "unsigned": {}, "slack's": {"X-Slack-Signature": right}, "meta's": {"X-Hub-Signature-256": right},
        "telegram's": {"X-Telegram-Bot-Api-Secret-Token": twilio.TOKEN},
        "a bearer": {"Authorization": f"Bearer {twilio.TOKEN}"},
        "a cookie": {"Cookie": f"X-Twilio-Signature={right}"}, "old header": {"X-Twilio-Signature-Old": right},
        "from elsewhere": {"X-Forwarded-Host": "evil.example", "X-Twilio-Signature": twilio.signature(
            form, url="https://evil.example/webhooks/whatsapp/webhook")},
        "its host": {"Host": "evil.example", "X-Twilio-Signature": twilio.signature(
            form, url="https://evil.example/webhooks/whatsapp/webhook")},
    }  # fmt: skip


MESSAGES = {
    "message": meta.messages("crushing chest pain", event_id="1"),
    "delete": meta.messages("delete my data", event_id="2"),
    "two": meta.messages("hello", "there", event_id="3"),
    "picture": meta.messages("", event_id="4", type="image", image={"id": "1"}),
    "report": json.dumps({"object": "whatsapp_business_account", "entry": []}).encode(),
    "no json": b"no json",
    "nothing": b"",
}


def meta_forgeries(body: bytes) -> dict[str, dict[str, str]]:
    """Headers that are not Meta's for this body, by what is wrong with them."""
    right = meta.signed(body)["X-Hub-Signature-256"]
    other = meta.signed(body + b" ")["X-Hub-Signature-256"]
    signatures = {
        "empty": "", "no name": right[7:], "sha1": right.replace("sha256", "sha1"), "upper case": right.upper(),
        "cut": right[:-1], "longer": right + "0", "zeros": "sha256=" + "0" * 64, "another body": other,
        "not ascii": "sha256=é",
        "another secret": meta.signed(body, secret="another")["X-Hub-Signature-256"],
        "no secret": meta.signed(body, secret="")["X-Hub-Signature-256"],
        "the token": meta.signed(body, secret=meta.TOKEN)["X-Hub-Signature-256"],
        "the verify token": meta.signed(body, secret=meta.VERIFY)["X-Hub-Signature-256"],
        "two": f"{other},{right}", "quoted": f'"{right}"', "blank": right.replace("=", "= "), "name only": "sha256=",
    }  # fmt: skip
    headers = {name: {"X-Hub-Signature-256": signature} for name, signature in signatures.items()}
    return {
        **headers,
        "unsigned": {}, "the old header": {"X-Hub-Signature": right}, "slack's": {"X-Slack-Signature": right},
        "twilio's": {"X-Twilio-Signature": right}, "telegram's": {"X-Telegram-Bot-Api-Secret-Token": meta.SECRET},
        "a bearer": {"Authorization": f"Bearer {meta.SECRET}"}, "a cookie": {"Cookie": f"X-Hub-Signature-256={right}"},
        "the secret": {"X-Hub-Signature-256": meta.SECRET}, "verify token": {"hub.verify_token": meta.VERIFY},
        "another name": {"X-Signature-256": right}, "in capitals": {"X-HUB-SIGNATURE_256": right},
        "of nothing": {"X-Hub-Signature-256": meta.signed(b"nothing at all")["X-Hub-Signature-256"]},
    }  # fmt: skip


@pytest.fixture
def by_twilio(platforms) -> twilio.Twilio:
    return platforms.twilio


@pytest.fixture
def by_meta(platforms) -> meta.Meta:
    return platforms.meta


def brings(door: Door, form: dict[str, str]) -> int:
    return door.knock(TWILIO, twilio.body(form), twilio.signed(form))


def brings_json(door: Door, body: bytes) -> int:
    return door.knock(META, body, meta.signed(body))


def latin(headers: dict[str, str]) -> dict[str, str]:
    return {name: value.encode().decode("latin-1") for name, value in headers.items()}


def test_what_is_not_from_twilio_is_refused_without_a_call_or_a_row(door, by_twilio):
    rows, tried = door.rows(), 0
    for form in FORMS.values():
        for wrong, headers in forgeries(form).items():
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            assert door.knock(TWILIO, twilio.body(form), {**kind, **latin(headers)}) == 403, wrong
            tried += 1
    for method in ("GET", "PUT", "DELETE", "PATCH"):
        assert door.knock(TWILIO, b"", twilio.signed({}), method=method) == 405
    for body in (b"\xff=1", b"&".join(b"a=1" for _ in range(500)), b"{}", b"=&=&="):
        assert door.knock(TWILIO, body, {"X-Twilio-Signature": "x"}) == 403
    assert door.knock(TWILIO, b"a=" + b"b" * 600_000, {"X-Twilio-Signature": "x"}) == 413
    assert tried >= 200
    assert (door.rows(), by_twilio.calls) == (rows, [])


def test_what_is_not_from_meta_is_refused_without_a_call_or_a_row(door, by_meta):
    rows, tried = door.rows(), 0
    for body in MESSAGES.values():
        for wrong, headers in meta_forgeries(body).items():
            assert door.knock(META, body, latin(headers)) == 403, wrong
            tried += 1
    for method in ("PUT", "DELETE", "PATCH"):
        assert door.knock(META, b"", meta.signed(b""), method=method) == 405
    for body in (b"no json", b"[" * 100_000, b""):
        assert brings_json(door, body) == 400
    assert tried >= 200
    assert (door.rows(), by_meta.calls) == (rows, [])


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"hub.mode": "subscribe", "hub.verify_token": meta.VERIFY, "hub.challenge": "1158201444"}, 200),
        ({"hub.mode": "subscribe", "hub.verify_token": "wrong", "hub.challenge": "1"}, 403),
        ({"hub.mode": "unsubscribe", "hub.verify_token": meta.VERIFY, "hub.challenge": "1"}, 403),
        ({"hub.verify_token": meta.VERIFY}, 403),
        ({"hub.mode": "subscribe", "hub.verify_token": "é"}, 403),
        ({}, 403),
    ],
)
def test_metas_handshake(door, by_meta, query, status):
    assert door.knock(f"{META}?{urlencode(query)}", b"", {}, method="GET") == status
    assert status == 403 or door.said == "1158201444"


def test_a_repeated_delivery_is_confirmed_and_does_nothing(door, by_twilio):
    ben, rows = "whatsapp:+491700000002", door.rows()
    chest, agree = (twilio.fields(text, event_id=f"SM1{text}", sender=ben) for text in ("crushing chest pain", "1"))
    assert [brings(door, chest) for _ in range(4)] == [200] * 4
    assert door.said == "<Response></Response>"
    assert len(by_twilio.calls) == 2  # the urgent answer and the privacy text
    assert [brings(door, agree) for _ in range(3)] == [200] * 3
    wait_until(lambda: "Thank you." in "".join(by_twilio.shown(ben)))
    assert brings(door, agree) == 200
    assert "".join(by_twilio.shown(ben)).count("Thank you.") == 1
    assert brings(door, twilio.fields("Delete my data", event_id="SM12", sender=ben)) == 200
    wait_until(lambda: "has been erased" in by_twilio.shown(ben)[-1] and door.rows() == rows)


def test_reports_and_other_numbers_messages_are_confirmed_and_pictures_answered(door, by_twilio):
    for name in ("to somebody else", "report", "nothing"):
        assert brings(door, FORMS[name]) == 200
    assert by_twilio.calls == []
    assert brings(door, FORMS["picture"]) == 200
    assert "only read words" in by_twilio.shown(ANN)[0]


def test_several_messages_of_meta_are_each_answered(door, by_meta):
    assert brings_json(door, MESSAGES["message"]) == 200
    assert brings_json(door, MESSAGES["report"]) == 200
    assert ["‼" in text for text in by_meta.shown("491701234567")] == [True, False]


@pytest.mark.parametrize(
    ("kind", "settings", "setting", "value", "variable"),
    [
        *((TwilioInput, SETTINGS, *wrong) for wrong in (
            ("account", "", "TWILIO_ACCOUNT_SID"), ("token", "", "TWILIO_AUTH_TOKEN"),
            ("number", "", "TWILIO_WHATSAPP_NUMBER"),
            ("public_url", "", "BOT_PUBLIC_URL"), ("account", "AC1", "TWILIO_ACCOUNT_SID"),
            ("number", "+1415", "TWILIO_WHATSAPP_NUMBER"), ("public_url", "bot.clinic.example", "BOT_PUBLIC_URL"),
        )),
        *((MetaInput, META_SETTINGS, *wrong) for wrong in (
            ("app_secret", "", "WHATSAPP_APP_SECRET"), ("token", "", "WHATSAPP_TOKEN"),
            ("verify_token", "", "WHATSAPP_VERIFY_TOKEN"), ("number_id", "x", "WHATSAPP_NUMBER_ID"),
        )),
    ],
)  # fmt: skip
def test_without_its_secrets_it_does_not_start_and_names_the_variable(kind, settings, setting, value, variable):
    with pytest.raises(CannotOpenError, match=variable) as refused:
        kind.from_credentials({**settings, setting: value})
    assert not any(secret in str(refused.value) for secret in (twilio.TOKEN, meta.SECRET, meta.TOKEN, meta.VERIFY))
    shown = repr(vars(kind.from_credentials(settings))["_settings"])
    assert not any(secret in shown for secret in (twilio.ACCOUNT, twilio.TOKEN, meta.SECRET, meta.TOKEN, meta.VERIFY))
