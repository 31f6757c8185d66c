"""Who is let in by Slack's channel: a real HTTP server around it, a stand-in for Slack behind it."""

from __future__ import annotations

import json
import time

import pytest

from bot.channels.asked import CannotOpenError
from bot.channels.slack import SlackInput
from tests.channels.door import Door
from tests.channels.standins import slack as standin
from tests.channels.standins.base import wait_until

WEBHOOK = "/webhooks/slack/webhook"
CHEST = standin.message_event("crushing chest pain", event_id="Ev1")
PRESS = standin.press(
    {"ts": "1.1", "blocks": [{"type": "actions", "block_id": "b", "elements": [
        {"type": "button", "text": {"text": "I agree"}, "value": "consent1.0", "action_id": "a"}]}]},
    ["I agree"],
)  # fmt: skip
BODIES = {
    "message": CHEST,
    "press": PRESS,
    "delete": standin.message_event("delete my data", event_id="Ev2"),
    "challenge": json.dumps({"type": "url_verification", "challenge": "c", "token": "t"}).encode(),
    "in a channel": standin.message_event("hello", event_id="Ev3", channel="C1", channel_type="channel"),
    "no json": b"no json",
    "nothing": b"",
}


def forgeries(body: bytes) -> dict[str, dict[str, str]]:
    """Headers that are not Slack's for this body, by what is wrong with them."""
    right, old = standin.signed(body), standin.signed(body, at=time.time() - 360)
    signature, stamp = right["X-Slack-Signature"], right["X-Slack-Request-Timestamp"]
    another = standin.signed(body + b" ")["X-Slack-Signature"]
    return {
        "unsigned": {},
        "no time": {"X-Slack-Signature": signature},
        "no signature": {"X-Slack-Request-Timestamp": stamp},
        "six minutes old": old,
        "from the future": standin.signed(body, at=time.time() + 360),
        "old, with a new time": {**old, "X-Slack-Request-Timestamp": stamp},
        "another app's secret": standin.signed(body, secret="another secret"),
        "no secret": standin.signed(body, secret=""),
        "the token as secret": standin.signed(body, secret=standin.TOKEN),
        "of another body": {**right, "X-Slack-Signature": another},
        "version 1": {**right, "X-Slack-Signature": signature.replace("v0=", "v1=")},
        "no version": {**right, "X-Slack-Signature": signature[3:]},
        "upper case": {**right, "X-Slack-Signature": signature.upper()},
        "cut": {**right, "X-Slack-Signature": signature[:-1]},
        "longer": {**right, "X-Slack-Signature": signature + "0"},
        "zeros": {**right, "X-Slack-Signature": "v0=" + "0" * 64},
        "not ascii": {**right, "X-Slack-Signature": "v0=" + "é" * 64},
        "two": {**right, "X-Slack-Signature": f"{another},{signature}"},
        "quoted": {**right, "X-Slack-Signature": f'"{signature}"'},
        "time in words": {**right, "X-Slack-Request-Timestamp": "now"},
        "time with a point": {**right, "X-Slack-Request-Timestamp": f"{stamp}.0"},
        "time zero": {**right, "X-Slack-Request-Timestamp": "0"},
        "time below zero": {**right, "X-Slack-Request-Timestamp": f"-{stamp}"},
        "time too long": {**right, "X-Slack-Request-Timestamp": stamp * 30},
        "the old token": {"X-Slack-Token": "t"},
        "a bearer": {"Authorization": f"Bearer {standin.SECRET}"},
        "telegram's": {"X-Telegram-Bot-Api-Secret-Token": standin.SECRET},
        "meta's": {"X-Hub-Signature-256": signature.replace("v0", "sha256")},
        "twilio's": {"X-Twilio-Signature": signature},
        "a cookie": {"Cookie": f"X-Slack-Signature={signature}"},
    }


@pytest.fixture
def server(platforms) -> standin.Slack:
    return platforms.slack


def opened(**more: str) -> SlackInput:
    return SlackInput.from_credentials({"signing_secret": standin.SECRET, "bot_token": standin.TOKEN, **more})


def brings(door: Door, body: bytes, **more: str) -> int:
    kind = "application/x-www-form-urlencoded" if body.startswith(b"payload=") else "application/json"
    return door.knock(WEBHOOK, body, {"Content-Type": kind, **standin.signed(body), **more})


def test_what_is_not_from_slack_is_refused_without_a_call_or_a_row(door, server):
    rows, tried = door.rows(), 0
    for body in BODIES.values():
        for wrong, headers in forgeries(body).items():
            kind = {"Content-Type": "application/x-www-form-urlencoded" if body is PRESS else "application/json"}
            raw = {name: value.encode().decode("latin-1") for name, value in headers.items()}
            assert door.knock(WEBHOOK, body, {**kind, **raw}) == 403, wrong
            tried += 1
    for path in ("/webhooks/slack/", "/webhooks/slack/events", "/webhooks/slack", "/slack/webhook"):
        assert door.knock(path, CHEST, standin.signed(CHEST)) == 404
    for method in ("GET", "PUT", "DELETE", "PATCH"):
        assert door.knock(WEBHOOK, CHEST, standin.signed(CHEST), method=method) == 405
    assert tried >= 200
    assert (door.rows(), server.calls) == (rows, [])


def test_the_address_is_verified_and_nonsense_is_refused(door, server):
    assert brings(door, BODIES["challenge"]) == 200
    assert json.loads(door.said) == {"challenge": "c"}
    for body in (b"no json", b"[" * 100_000, b"7", b"payload=no+json", b"\x00"):
        assert brings(door, body) == 400
    assert brings(door, b'{"x": "' + b"y" * 600_000 + b'"}') == 413
    assert brings(door, BODIES["in a channel"]) == 200
    for data in ({}, {"type": "event_callback"}, {"type": "event_callback", "event": {"type": "message"}}):
        assert brings(door, json.dumps(data).encode()) == 200
    assert server.calls == []


def test_a_repeated_delivery_is_confirmed_and_does_nothing(door, server):
    chest, rows = standin.message_event("crushing chest pain", event_id="Ev11", user="U2"), door.rows()
    assert brings(door, chest) == 200
    before = len(server.calls)
    for number in ("1", "2", "3"):
        assert brings(door, chest, **{"X-Slack-Retry-Num": number, "X-Slack-Retry-Reason": "http_timeout"}) == 200
    assert len(server.calls) == before
    agree = standin.press(server.shown("DU2")[-1], ["I agree"], user="U2")
    assert [brings(door, agree) for _ in range(3)] == [200] * 3
    wait_until(lambda: "Thank you." in texts(server, "DU2"))
    assert brings(door, agree) == 200
    assert texts(server, "DU2").count("Thank you.") == 1
    assert brings(door, standin.message_event("delete my data", event_id="Ev12", user="U2")) == 200
    wait_until(lambda: "has been erased" in texts(server, "DU2") and door.rows() == rows)


def test_a_red_flag_before_consent_needs_no_model_and_keeps_nothing(door, server):
    rows = door.rows()
    for number, fault in enumerate((500, 429, "reset")):
        server.faults.append(fault)
        body = standin.message_event("i have crushing chest pain", event_id=f"Ev2{number}", user="U3")
        assert brings(door, body) == 200
    wait_until(lambda: texts(server, "DU3").count("\u203c") == 3)
    assert door.rows() == rows


def texts(server: standin.Slack, channel: str) -> str:
    return "\n".join(message["text"] for message in server.shown(channel))


@pytest.mark.parametrize(
    ("setting", "value", "variable"),
    [("signing_secret", "", "SLACK_SIGNING_SECRET"), ("bot_token", "", "SLACK_BOT_TOKEN"),
     ("bot_token", "xoxb", "SLACK_BOT_TOKEN"),
     ("signing_secret", "with blanks", "SLACK_SIGNING_SECRET"), ("api", "ftp://slack", "SLACK_API")],
)  # fmt: skip
def test_without_its_secrets_it_does_not_start_and_names_the_variable(setting, value, variable):
    with pytest.raises(CannotOpenError, match=variable) as refused:
        opened(**{setting: value})
    for secret in (standin.SECRET, standin.TOKEN, "with blanks"):
        assert secret not in str(refused.value)
    assert standin.SECRET not in repr(vars(opened())["_settings"])


def test_an_unknown_setting_is_refused():
    with pytest.raises(ValueError, match="unknown colour"):
        SlackInput.from_credentials({"colour": "red"})
