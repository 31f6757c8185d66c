"""Twilio's Messages API and the requests Twilio sends.

https://www.twilio.com/docs/messaging/api/message-resource, https://www.twilio.com/docs/messaging/guides/webhook-request
and https://www.twilio.com/docs/usage/security
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from aiohttp import BasicAuth, web

from tests.channels.standins.base import Call, StandIn

ACCOUNT, TOKEN, NUMBER = "AC" + "0" * 32, "stand-in-auth-token", "whatsapp:+14155238886"
PUBLIC_URL = "https://bot.clinic.example"
WEBHOOK = f"{PUBLIC_URL}/webhooks/whatsapp/webhook"
LONGEST_BODY = 1600


@dataclass
class Twilio(StandIn):
    """``messages``: (receiver, text) in the order they came. ``gone``: numbers that cannot be written to."""

    messages: list[tuple[str, str]] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)

    @property
    def settings(self) -> dict[str, str]:
        """What the bot needs to find the stand-in."""
        return {"account": ACCOUNT, "token": TOKEN, "number": NUMBER, "public_url": PUBLIC_URL, "api": self.url}

    def forget(self) -> None:
        super().forget()
        self.messages.clear()
        self.gone.clear()

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/2010-04-01/Accounts/{account}/Messages.json", self._create)]

    def busy(self) -> dict[str, Any]:
        return {"code": 20429, "message": "Too Many Requests", "status": 429}

    def shown(self, receiver: str) -> list[str]:
        """What somebody has got."""
        return [text for to, text in self.messages if to == receiver]

    async def _create(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != BasicAuth(ACCOUNT, TOKEN).encode():
            return _error(401, 20003, "Authenticate")
        form = dict(await request.post())
        self.calls.append(Call(request.path, form))
        if request.match_info["account"] != ACCOUNT:
            return _error(404, 20404, "not found")
        if form.get("From") != NUMBER:
            return _error(400, 21606, "The From phone number is not valid")
        if form.get("To") in self.gone:
            return _error(400, 21610, "Attempt to send to unsubscribed recipient")
        if not str(form.get("To", "")).startswith("whatsapp:+"):
            return _error(400, 21211, "Invalid 'To' Phone Number")
        if not form.get("Body"):
            return _error(400, 21602, "Message body is required")
        if len(str(form["Body"])) > LONGEST_BODY:
            return _error(400, 21617, "The concatenated message body exceeds the 1600 character limit")
        self.messages.append((str(form["To"]), str(form["Body"])))
        return web.json_response({"sid": f"SM{len(self.messages):032x}", "status": "queued"}, status=201)


def _error(status: int, code: int, message: str) -> web.Response:
    return web.json_response({"code": code, "message": message, "status": status}, status=status)


def fields(text: str, *, event_id: str, sender: str = "whatsapp:+491701234567", **more: str) -> dict[str, str]:
    """The fields of a message that somebody sent."""
    return {
        "MessageSid": event_id, "SmsMessageSid": event_id, "AccountSid": ACCOUNT, "From": sender, "To": NUMBER,
        "Body": text, "NumMedia": "0", "ProfileName": "Ann", "WaId": sender.rpartition("+")[2], **more,
    }  # fmt: skip


def body(form: dict[str, str]) -> bytes:
    return urlencode(form).encode()


def signature(form: dict[str, str], *, token: str = TOKEN, url: str = WEBHOOK) -> str:
    """As documented: the address, then each name and value in the order of the names."""
    said = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), said.encode(), hashlib.sha1).digest()).decode()


def signed(form: dict[str, str], **more: str) -> dict[str, str]:
    """Twilio's headers for a form."""
    return {"X-Twilio-Signature": signature(form, **more), "Content-Type": "application/x-www-form-urlencoded"}
