"""Slack's Web API and the requests Slack sends.

Methods: https://docs.slack.dev/reference/methods/chat.postMessage, chat.update, conversations.history,
files.getUploadURLExternal, files.completeUploadExternal. Limits of blocks: https://docs.slack.dev/reference/block-kit/
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from tests.channels.standins.base import Call, StandIn

SECRET, TOKEN = "8f742231b10e8888abcd99yyyzzz85a5", "xoxb-1234567890-stand-in"
LONGEST_TEXT = 40_000  # characters of ``text``, which Slack cuts off


class InvalidBlocksError(Exception):
    """What is wrong with them."""


@dataclass
class Slack(StandIn):
    """``messages``: channel -> time stamp -> what is shown there now. ``files``: what was uploaded."""

    messages: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    files: list[dict[str, Any]] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    _stamps: Any = field(default_factory=lambda: itertools.count(1_700_000_000), repr=False)

    @property
    def api(self) -> str:
        return f"{self.url}/api/"

    @property
    def settings(self) -> dict[str, str]:
        """What the bot needs to find the stand-in."""
        return {"signing_secret": SECRET, "bot_token": TOKEN, "api": self.api}

    def forget(self) -> None:
        super().forget()
        self.messages.clear()
        self.files.clear()
        self.gone.clear()

    def routes(self) -> list[web.RouteDef]:
        methods = {
            "chat.postMessage": self._post, "chat.update": self._update, "conversations.history": self._history,
            "files.getUploadURLExternal": self._upload_url, "files.completeUploadExternal": self._complete,
        }  # fmt: skip
        api = [web.route("*", f"/api/{name}", self._method(name, method)) for name, method in methods.items()]
        return [*api, web.post("/upload/{file}", self._upload)]

    def busy(self) -> dict[str, Any]:
        return {"ok": False, "error": "ratelimited"}

    def shown(self, channel: str) -> list[dict[str, Any]]:
        """A conversation as it stands."""
        return list(self.messages.get(channel, {}).values())

    def _method(self, name: str, method: Any) -> Any:
        async def answer(request: web.Request) -> web.Response:
            content = await _content(request)
            if request.headers.get("Authorization") != f"Bearer {TOKEN}":
                return web.json_response({"ok": False, "error": "invalid_auth"})
            self.calls.append(Call(name, content))
            try:
                return web.json_response({"ok": True, **method(content)})
            except InvalidBlocksError as wrong:
                return web.json_response({"ok": False, "error": "invalid_blocks", "errors": [str(wrong)]})
            except LookupError as wrong:
                return web.json_response({"ok": False, "error": str(wrong.args[0])})

        return answer

    def _post(self, content: dict[str, Any]) -> dict[str, Any]:
        channel = content["channel"]
        if channel in self.gone or not channel.startswith("D"):
            raise LookupError("channel_not_found")
        if not content.get("text") and not content.get("blocks"):
            raise LookupError("no_text")
        stamp = f"{next(self._stamps)}.000100"
        message = self._checked(content, stamp)
        self.messages.setdefault(channel, {})[stamp] = message
        return {"channel": channel, "ts": stamp, "message": message}

    def _update(self, content: dict[str, Any]) -> dict[str, Any]:
        conversation = self.messages.get(content["channel"], {})
        if content["ts"] not in conversation:
            raise LookupError("message_not_found")
        conversation[content["ts"]] = self._checked(content, content["ts"])
        return {"channel": content["channel"], "ts": content["ts"]}

    def _history(self, content: dict[str, Any]) -> dict[str, Any]:
        found = [each for each in self.shown(content["channel"]) if each["ts"] <= content.get("latest", "9")]
        return {"messages": found[::-1][: int(content.get("limit", 100))]}

    def _upload_url(self, content: dict[str, Any]) -> dict[str, Any]:
        self.files.append({"name": content["filename"], "length": int(content["length"])})
        return {"upload_url": f"{self.url}/upload/F{len(self.files)}", "file_id": f"F{len(self.files)}"}

    async def _upload(self, request: web.Request) -> web.Response:
        file = self.files[int(request.match_info["file"][1:]) - 1]
        body = await request.read()
        if len(body) != file["length"]:
            return web.Response(status=400)
        file["content"] = body.decode()
        return web.Response(text="OK")

    def _complete(self, content: dict[str, Any]) -> dict[str, Any]:
        done = content["files"] if isinstance(content["files"], list) else json.loads(content["files"])
        for each in done:
            self.files[int(each["id"][1:]) - 1]["channel"] = content["channel_id"]
        return {"files": [{"id": each["id"], "title": each.get("title", "")} for each in done]}

    def _checked(self, content: dict[str, Any], stamp: str) -> dict[str, Any]:
        blocks = content.get("blocks") or []
        blocks = json.loads(blocks) if isinstance(blocks, str) else blocks
        check_blocks(blocks)
        text = (content.get("text") or "")[:LONGEST_TEXT]
        return {"type": "message", "ts": stamp, "text": text, "blocks": blocks, "bot_id": "B1", "user": "UBOT"}


def check_blocks(blocks: list[dict[str, Any]]) -> None:
    """InvalidBlocksError for what Slack would refuse."""
    _fits(len(blocks) <= 50, "50 blocks")
    names = [block["block_id"] for block in blocks if "block_id" in block]
    _fits(len(names) == len(set(names)) and all(len(name) <= 255 for name in names), "block_id")
    for block in blocks:
        kind = block.get("type")
        if kind == "section":
            _check_text(block["text"], 3000)
        elif kind == "header":
            _fits(block["text"]["type"] == "plain_text", "header is plain")
            _check_text(block["text"], 150)
        elif kind == "context":
            _fits(1 <= len(block["elements"]) <= 10, "10 elements")
            for element in block["elements"]:
                _check_text(element, 3000)
        elif kind == "actions":
            _check_actions(block["elements"])
        else:
            _fits(kind == "divider", f"unknown block {kind}")


def _check_actions(elements: list[dict[str, Any]]) -> None:
    _fits(1 <= len(elements) <= 25, "25 elements")
    actions = [element["action_id"] for element in elements]
    _fits(len(actions) == len(set(actions)) and all(len(action) <= 255 for action in actions), "action_id")
    for element in elements:
        if element["type"] == "button":
            _fits(element["text"]["type"] == "plain_text", "button is plain")
            _check_text(element["text"], 75)
            _fits(len(element.get("value", "")) <= 2000, "2000 characters of value")
            _fits(element.get("style", "primary") in ("primary", "danger"), "style")
        else:
            _fits(element["type"] == "checkboxes", f"unknown element {element['type']}")
            _fits(1 <= len(element["options"]) <= 10, "10 options")
            for option in element["options"]:
                _check_text(option["text"], 75)
                _fits(1 <= len(option["value"]) <= 150, "150 characters of an option's value")


def _check_text(text: dict[str, Any], longest: int) -> None:
    _fits(text["type"] in ("plain_text", "mrkdwn"), "text type")
    _fits(1 <= len(text["text"]) <= longest, f"{longest} characters")


def _fits(true: bool, rule: str) -> None:
    if not true:
        raise InvalidBlocksError(rule)


async def _content(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        return dict(await request.json())
    return {**request.query, **await request.post()}


# What Slack sends: a body and its headers.


def signed(body: bytes, *, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    """Slack's headers for a body."""
    stamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


def message_event(text: str, *, event_id: str, user: str = "U1", **more: Any) -> bytes:
    """A message in a direct message, as the Events API brings it."""
    event = {
        "type": "message", "channel": f"D{user}", "channel_type": "im", "user": user, "text": text,
        "ts": "1700000000.000001", "client_msg_id": event_id, **more,
    }  # fmt: skip
    outer = {"type": "event_callback", "team_id": "T1", "event_id": event_id, "event_time": 1_700_000_000}
    return json.dumps({**outer, "event": event}).encode()


def press(message: dict[str, Any], titles: list[str], *, user: str = "U1", at: str = "1700000001.1") -> bytes:
    """Pressing the button with the one title, or "done" where ``titles`` are ticked, in a message that is shown."""
    values = _state(message, titles)
    buttons = [each for each in _elements(message) if each[1]["type"] == "button"]
    block, button = (buttons if values else [each for each in buttons if each[1]["text"]["text"] in titles])[-1]
    return _interaction(message, block, button, values, user, at)


def tick(message: dict[str, Any], titles: list[str], *, user: str = "U1", at: str = "1700000001.1") -> bytes:
    """Ticking boxes, which Slack tells at each tick."""
    block, boxes = next(each for each in _elements(message) if each[1]["type"] == "checkboxes")
    return _interaction(message, block, boxes, _state(message, titles), user, at)


def _elements(message: dict[str, Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    actions = [block for block in message["blocks"] if block["type"] == "actions"]
    return [(block, element) for block in actions for element in block["elements"]]


def _state(message: dict[str, Any], titles: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for block, element in _elements(message):
        if element["type"] == "checkboxes":
            ticked = [option for option in element["options"] if option["text"]["text"] in titles]
            values[block["block_id"]] = {element["action_id"]: {"type": "checkboxes", "selected_options": ticked}}
    return values


def _interaction(
    message: dict[str, Any], block: dict[str, Any], element: dict[str, Any], values: dict[str, Any], user: str, at: str
) -> bytes:
    action = {name: element[name] for name in ("type", "action_id", "value") if name in element}
    payload = {
        "type": "block_actions", "team": {"id": "T1"}, "user": {"id": user}, "channel": {"id": f"D{user}"},
        "message": message, "state": {"values": values}, "trigger_id": "1.2.3",
        "actions": [{**action, "block_id": block["block_id"], "action_ts": at}],
    }  # fmt: skip
    return urlencode({"payload": json.dumps(payload)}).encode()
