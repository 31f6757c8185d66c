"""WhatsApp through Twilio: what it sends us, and how a message is sent.

Signatures: https://www.twilio.com/docs/usage/security#validating-requests (URL and sorted parameters, HMAC-SHA1).
Requests: https://www.twilio.com/docs/messaging/guides/webhook-request
Sending: https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import aiohttp
from twilio.request_validator import RequestValidator, add_port, remove_port

from bot.channels.events import MEDIA, Incoming, with_command
from bot.channels.platform import GoneError, LaterError, RefusedPostError

logger = logging.getLogger(__name__)

API = "https://api.twilio.com"
LONGEST_TEXT = 1600  # characters: https://www.twilio.com/docs/messaging/api/message-resource, parameter Body
CALL_S = 10.0
MOST_FIELDS = 200
CREATED = 201
BUSY, NOT_ALLOWED = 429, (401, 403)
SENDER = re.compile(r"whatsapp:\+\d{5,20}")
# https://www.twilio.com/docs/api/errors: no such number, not on WhatsApp, has unsubscribed, 24 hours have passed.
GONE = frozenset([21211, 21610, 21614, 63003, 63016, 63024])


class Form(dict[str, list[str]]):
    """The fields of a request, each with all its values, as Twilio signs them."""

    @classmethod
    def of(cls, body: bytes) -> Form:
        """From an ``application/x-www-form-urlencoded`` body; ValueError if it is none."""
        form = cls()
        pairs = parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, strict_parsing=bool(body), max_num_fields=MOST_FIELDS,
            errors="strict",
        )  # fmt: skip
        for name, value in pairs:
            form.setdefault(name, []).append(value)
        return form

    def getall(self, name: str) -> list[str]:
        """All values of a field, for `RequestValidator`."""
        return self[name]

    def one(self, name: str) -> str:
        """The only value of a field; "" without one."""
        return next(iter(self.get(name, ())), "")


def is_from_twilio(validator: RequestValidator, url: str, form: Form, signature: str) -> bool:
    """Whether the signature fits the public address and the fields; Twilio signs with the port or without it."""
    address, given = urlsplit(url), signature.encode("utf-8", "surrogateescape")
    expected = (validator.compute_signature(one, form) for one in (remove_port(address), add_port(address)))
    return any(hmac.compare_digest(given, one.encode()) for one in expected)


def of_request(form: Form, our_number: str) -> Incoming | None:
    """What a person wrote to us; None for a status report or another number's message."""
    sender, event_id = form.one("From"), form.one("MessageSid")
    if not SENDER.fullmatch(sender) or not event_id or form.one("To") != our_number:
        return None
    text = form.one("Body")
    incoming = Incoming(sender, sender, event_id, text)
    if form.one("NumMedia") not in ("", "0") or not text.strip():  # a place or a contact has no media and no words
        return replace(incoming, unread=MEDIA)
    return with_command(incoming)


class TwilioApi:
    """Sends messages of one account; its token is not to be seen from outside."""

    longest_text = LONGEST_TEXT

    def __init__(self, session: aiohttp.ClientSession, account: str, token: str, number: str, base: str = API) -> None:
        """``number``: of the sender, "whatsapp:+14155238886"."""
        self._session = session
        self._auth = aiohttp.BasicAuth(account, token)
        self._url = f"{base.rstrip('/')}/2010-04-01/Accounts/{account}/Messages.json"
        self._number = number

    async def send(self, address: str, text: str) -> str:
        """The new message's id; GoneError, RefusedPostError or LaterError."""
        form = {"From": self._number, "To": address, "Body": text}
        limit = aiohttp.ClientTimeout(total=CALL_S)
        try:
            async with self._session.post(self._url, data=form, auth=self._auth, timeout=limit) as response:
                status, headers, body = response.status, response.headers, await response.read()
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError):
            raise LaterError from None
        answer = _object(body)
        if status == CREATED:
            return str(answer.get("sid") or "")
        raise _meaning(status, headers, answer)


def _meaning(status: int, headers: Mapping[str, str], answer: Mapping[str, Any]) -> Exception:
    if status == BUSY or status >= 500:
        wait = headers.get("Retry-After") or ""
        return LaterError(float(wait) if re.fullmatch(r"\d{1,6}", wait) else None)
    if status in NOT_ALLOWED:
        logger.error("twilio refuses: %d", status)
        return LaterError()
    return GoneError() if answer.get("code") in GONE else RefusedPostError()


def _object(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body)
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}
