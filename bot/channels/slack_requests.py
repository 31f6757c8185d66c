"""What Slack sends us: whether it really comes from Slack, and what a person did in it. Pure.

Signatures: https://docs.slack.dev/authentication/verifying-requests-from-slack/ (v0, HMAC-SHA256, five minutes).
Events: https://docs.slack.dev/apis/events-api/ and https://docs.slack.dev/reference/events/message.im/
Buttons: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload/
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from slack_sdk.signature import SignatureVerifier

from bot.channels.events import EDITED, MEDIA, Incoming, with_command
from bot.channels.offers import DONE

SIGNATURE, TIMESTAMP = "x-slack-signature", "x-slack-request-timestamp"
SIGNATURE_FORM, TIMESTAMP_FORM = re.compile(r"v0=[0-9a-f]{64}"), re.compile(r"[0-9]{1,12}")
WORDS = frozenset(["", "me_message", "thread_broadcast"])  # subtypes of a message that are just words
LINK = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")  # https://docs.slack.dev/messaging/formatting-message-text/


def is_from_slack(verifier: SignatureVerifier, body: bytes, headers: Mapping[str, str]) -> bool:
    """Whether the signature fits the body and is no older than five minutes; whatever the bytes, no error."""
    signature, timestamp = headers.get(SIGNATURE) or "", headers.get(TIMESTAMP) or ""
    if not (SIGNATURE_FORM.fullmatch(signature) and TIMESTAMP_FORM.fullmatch(timestamp)):
        return False
    try:
        return bool(verifier.is_valid(body, timestamp, signature))
    except UnicodeDecodeError:  # Slack signs text
        return False


def of_event(data: Mapping[str, Any]) -> Incoming | None:
    """What a person wrote in a direct message; None if the event is nothing to be answered."""
    event = _dict(data.get("event"))
    if data.get("type") != "event_callback" or event.get("type") != "message" or event.get("channel_type") != "im":
        return None
    if event.get("subtype") == "message_changed":
        return _edited(data, event)
    subtype = event.get("subtype") or ""
    has_files = bool(event.get("files")) or subtype == "file_share"
    if event.get("bot_id") or not (subtype in WORDS or has_files):
        return None
    text = plain(_text(event, "text"))
    if has_files:
        return _incoming(data, event, event, text=text, unread=MEDIA)
    incoming = _incoming(data, event, event, text=text) if text.strip() else None
    return with_command(incoming) if incoming else None


def of_action(data: Mapping[str, Any]) -> Incoming | None:
    """What a person pressed; None for a mere tick, which counts when "done" is pressed, or something not ours."""
    channel, user, message = (_dict(data.get(part)) for part in ("channel", "user", "message"))
    action = next((each for each in _list(data.get("actions")) if _dict(each).get("type") == "button"), None)
    if data.get("type") != "block_actions" or action is None:
        return None
    value, stamp = _text(action, "value"), _text(action, "action_ts")
    team, who = _text(_dict(data.get("team")), "id"), _text(user, "id")
    if not (value and stamp and who and _text(channel, "id")):
        return None
    ticked = tuple(_ticked(data)) if value.endswith(f".{DONE}") else ()
    return Incoming(
        platform_id=f"{team}:{who}",
        address=_text(channel, "id"),
        event_id=f"{who}.{stamp}.{value}",
        pressed=(*ticked, value),
        message=_text(message, "ts"),
    )


def plain(text: str) -> str:
    """Words as they were typed: links by their label, mentions left out, the three escaped characters as themselves."""
    shown = LINK.sub(lambda link: link[2] or ("" if link[1][:1] in "@#!" else link[1].removeprefix("tel:")), text)
    return html.unescape(shown)


def _edited(data: Mapping[str, Any], event: Mapping[str, Any]) -> Incoming | None:
    """A message of the person that reads differently now; not one of ours, and not one that only shows its link."""
    message, before = _dict(event.get("message")), _dict(event.get("previous_message"))
    text = _text(message, "text")
    if message.get("bot_id") or text == _text(before, "text"):
        return None
    return _incoming(data, event, message, text=plain(text), unread=EDITED)


def _incoming(
    data: Mapping[str, Any], event: Mapping[str, Any], message: Mapping[str, Any], **what: Any
) -> Incoming | None:
    team, who, event_id = _text(data, "team_id"), _text(message, "user"), _text(data, "event_id")
    channel = _text(event, "channel")
    if not (who and event_id and channel):
        return None
    return Incoming(platform_id=f"{team}:{who}", address=channel, event_id=event_id, **what)


def _ticked(data: Mapping[str, Any]) -> list[str]:
    """Values of all boxes that are ticked in the message (``state.values.BLOCK.ACTION.selected_options``)."""
    blocks = _dict(_dict(data.get("state")).get("values")).values()
    actions = [action for block in blocks for action in _dict(block).values()]
    options = [option for action in actions for option in _list(_dict(action).get("selected_options"))]
    return [_text(_dict(option), "value") for option in options]


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(values: Mapping[str, Any], name: str) -> str:
    found = values.get(name)
    return found if isinstance(found, str) else ""
