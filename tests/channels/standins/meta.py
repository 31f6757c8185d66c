"""Meta's Cloud API for WhatsApp and the requests Meta sends.

https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages and
https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/payload-examples
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.channels.standins.base import Call, StandIn

SECRET, TOKEN, VERIFY, NUMBER_ID = "stand-in-app-secret", "EAAG-stand-in-token", "stand-in-verify", "106540352242922"
LONGEST_BODY = 4096


@dataclass
class Meta(StandIn):
    """``messages``: (receiver, text) in the order they came. ``gone``: numbers that cannot be written to."""

    messages: list[tuple[str, str]] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)

    @property
    def settings(self) -> dict[str, str]:
        """What the bot needs to find the stand-in."""
        return {
            "app_secret": SECRET, "token": TOKEN, "verify_token": VERIFY, "number_id": NUMBER_ID, "api": self.api,
        }  # fmt: skip

    def forget(self) -> None:
        super().forget()
        self.messages.clear()
        self.gone.clear()

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/v21.0/{number}/messages", self._send)]

    @property
    def api(self) -> str:
        return f"{self.url}/v21.0"

    def busy(self) -> dict[str, Any]:
        return {"error": {"code": 130429, "message": "Rate limit hit"}}

    def shown(self, receiver: str) -> list[str]:
        """What somebody has got."""
        return [text for to, text in self.messages if to == receiver]

    async def _send(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return _error(401, 190)
        content = await request.json()
        self.calls.append(Call(request.path, content))
        if request.match_info["number"] != NUMBER_ID or content.get("messaging_product") != "whatsapp":
            return _error(400, 100)
        if content["to"] in self.gone:
            return _error(400, 131026)
        text = content["text"]["body"]
        if not 1 <= len(text) <= LONGEST_BODY:
            return _error(400, 100)
        self.messages.append((content["to"], text))
        return web.json_response({"messaging_product": "whatsapp", "messages": [{"id": f"wamid.{len(self.messages)}"}]})


def _error(status: int, code: int) -> web.Response:
    return web.json_response({"error": {"code": code, "message": "(stand-in)"}}, status=status)


def messages(*texts: str, event_id: str, sender: str = "491701234567", **more: Any) -> bytes:
    """A request with messages of one person; ``more`` replaces what is in each."""
    said = [
        {"from": sender, "id": f"wamid.{event_id}.{number}", "timestamp": "1700000000", "type": "text",
         "text": {"body": text}, **more}
        for number, text in enumerate(texts)
    ]  # fmt: skip
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": NUMBER_ID}, "messages": said}
    return json.dumps(
        {
            "object": "whatsapp_business_account",
            "entry": [{"id": "1", "changes": [{"value": value, "field": "messages"}]}],
        }
    ).encode()


def signed(body: bytes, *, secret: str = SECRET) -> dict[str, str]:
    """Meta's headers for a body."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"X-Hub-Signature-256": f"sha256={digest}", "Content-Type": "application/json"}
