"""WhatsApp through Meta's own Cloud API: what it sends us, and how a message is sent.

Signatures and the first handshake: https://developers.facebook.com/docs/graph-api/webhooks/getting-started
Requests: https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/payload-examples
Sending: https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import aiohttp

from bot.channels.events import MEDIA, Incoming, with_command
from bot.channels.platform import GoneError, LaterError, RefusedPostError

logger = logging.getLogger(__name__)

API = "https://graph.facebook.com/v21.0"
LONGEST_TEXT = 4096  # text.body: https://developers.facebook.com/docs/whatsapp/cloud-api/messages/text-messages
CALL_S = 10.0
SIGNATURE = "x-hub-signature-256"
OK = 200
SENDER = re.compile(r"\d{5,20}")
NO_WORDS = frozenset(["reaction", "unsupported", "system"])  # kinds of a message that want no answer
# https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes
BUSY = frozenset([4, 80007, 130429, 131048, 131056, 133016])
GONE = frozenset([131026, 131047, 131050, 130472])  # cannot be reached, 24 hours have passed, has opted out
SET_UP_WRONG = frozenset([0, 3, 10, 190, 200, 368, 131005, 131031, 133010])
BROKEN = frozenset([1, 2, 131000, 131016, 131052, 131057, 133004])


def is_from_meta(secret: str, body: bytes, signature: str) -> bool:
    """Whether the signature is that of this body."""
    expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(signature.encode("utf-8", "surrogateescape"), expected.encode())


def of_request(data: Any, number_id: str) -> list[Incoming]:
    """What people wrote to us, in order; a request may carry several messages, or only reports."""
    found = (_incoming(message) for message in _messages(data, number_id))
    return [incoming for incoming in found if incoming is not None]


def _messages(data: Any, number_id: str) -> Iterator[dict[str, Any]]:
    for entry in _list(data, "entry"):
        for change in _list(entry, "changes"):
            value = _dict(change, "value")
            if _dict(value, "metadata").get("phone_number_id") == number_id:
                yield from (message for message in _list(value, "messages") if isinstance(message, dict))


def _incoming(message: Mapping[str, Any]) -> Incoming | None:
    sender, event_id, kind = (str(message.get(name) or "") for name in ("from", "id", "type"))
    if not SENDER.fullmatch(sender) or not event_id or kind in NO_WORDS:
        return None
    said = _dict(message, "text").get("body") if kind == "text" else _dict(message, kind).get("caption")
    text = said if isinstance(said, str) else ""
    incoming = Incoming(sender, sender, event_id, text)
    return with_command(incoming) if kind == "text" and text.strip() else replace(incoming, unread=MEDIA)


class MetaApi:
    """Sends messages of one number; its token is not to be seen from outside."""

    longest_text = LONGEST_TEXT

    def __init__(self, session: aiohttp.ClientSession, token: str, number_id: str, base: str = API) -> None:
        """``number_id``: Meta's id of the sender's number."""
        self._session = session
        self._headers = {"Authorization": f"Bearer {token}"}
        self._url = f"{base.rstrip('/')}/{number_id}/messages"

    async def send(self, address: str, text: str) -> str:
        """The new message's id; GoneError, RefusedPostError or LaterError."""
        message = {
            "messaging_product": "whatsapp", "recipient_type": "individual", "to": address, "type": "text",
            "text": {"preview_url": False, "body": text},
        }  # fmt: skip
        limit = aiohttp.ClientTimeout(total=CALL_S)
        try:
            async with self._session.post(self._url, json=message, headers=self._headers, timeout=limit) as response:
                status, body = response.status, await response.read()
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError):
            raise LaterError from None
        try:
            answer = json.loads(body)
        except ValueError:
            raise LaterError from None
        if status != OK:
            raise _meaning(status, _dict(answer, "error").get("code"))
        sent = _list(answer, "messages")
        return str(sent[0].get("id") or "") if sent and isinstance(sent[0], dict) else ""


def _meaning(status: int, code: Any) -> Exception:
    if code in SET_UP_WRONG:
        logger.error("meta refuses: %s", code)
        return LaterError()
    if status >= 500 or code in BUSY or code in BROKEN or status == 429:
        return LaterError()
    return GoneError() if code in GONE else RefusedPostError()


def _dict(value: Any, name: str) -> dict[str, Any]:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def _list(value: Any, name: str) -> list[Any]:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []
