"""A client of the web channel, standard library only: for the terminal, for tests, for measurements."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass
from typing import Any

PATIENCE_S = 12.0  # longer than the channel's own 8 s, so that its apology arrives


class ChannelError(Exception):
    """The channel refused or could not be reached; ``status`` is 0 if nothing answered."""

    def __init__(self, status: int, code: str, message: str, retry_after: int | None = None) -> None:
        """``message`` is the channel's plain sentence, or the reason why nothing answered."""
        super().__init__(message)
        self.status, self.code, self.retry_after = status, code, retry_after


@dataclass
class Client:
    """One conversation. ``token`` is fetched with the first message unless one is given."""

    url: str
    token: str | None = None
    patience: float = PATIENCE_S

    def healthy(self) -> bool:
        """Whether the bot answers at this address."""
        try:
            return bool(self._call("GET", "/health").get("status") == "ok")
        except ChannelError:
            return False

    def start(self) -> str:
        """Begin a new conversation; its token."""
        self.token = str(self._call("POST", "/webhooks/web/session")["token"])
        return self.token

    def say(self, message: str, message_id: str | None = None) -> list[dict[str, Any]]:
        """Send a message; the bot's messages of this turn."""
        if self.token is None:
            self.start()
        body = {"message": message, "id": message_id or uuid.uuid4().hex}
        return list(self._call("POST", "/webhooks/web/message", body))

    def turns(self) -> list[dict[str, Any]]:
        """The conversation so far."""
        return list(self._call("GET", "/webhooks/web/conversation"))

    def summary(self) -> dict[str, Any]:
        """The summary for a doctor: ``type``, ``text`` and ``fhir``; ChannelError 404 if nothing was told."""
        summary: dict[str, Any] = self._call("GET", "/webhooks/web/summary")
        return summary

    def erase(self) -> dict[str, Any]:
        """Erase every trace of the conversation."""
        return dict(self._call("DELETE", "/webhooks/web/conversation"))

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url.rstrip("/") + path, data=data, method=method)
        request.add_header("Content-Type", "application/json")
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        try:
            with urllib.request.urlopen(request, timeout=self.patience) as response:
                return json.loads(response.read())
        except urllib.error.HTTPError as refused:
            raise _refusal(refused) from None
        except (OSError, ValueError) as lost:
            raise ChannelError(0, "unreachable", str(getattr(lost, "reason", lost))) from None


def _refusal(refused: urllib.error.HTTPError) -> ChannelError:
    try:
        told = json.loads(refused.read())
    except ValueError:
        told = {}
    wait = refused.headers.get("Retry-After")
    return ChannelError(
        refused.code, told.get("error", "unknown"), told.get("message", str(refused)), int(wait) if wait else None
    )
