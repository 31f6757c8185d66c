"""Conversation tokens: a server-made random id, bound to its expiry by an HMAC (RFC 2104, SHA-256)."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

ID_BYTES = 16  # 128 bit: not to be guessed
LIFETIME_S = 24 * 3600
_FORM = re.compile(r"v1\.([0-9a-f]{32})\.([0-9]{1,12})\.([0-9a-f]{64})")


@dataclass(frozen=True)
class Tokens:
    """Makes and reads the tokens of one signing key."""

    key: bytes
    lifetime: float = LIFETIME_S
    now: Callable[[], float] = time.time

    def new(self) -> str:
        """A token for a conversation that nobody else has."""
        body = f"v1.{secrets.token_hex(ID_BYTES)}.{int(self.now() + self.lifetime)}"
        return f"{body}.{self._signature(body)}"

    def conversation(self, token: str) -> str | None:
        """The conversation of a token; None if it is malformed, forged or expired."""
        match = _FORM.fullmatch(token)
        if match is None:
            return None
        identity, expiry, signature = match.groups()
        if not hmac.compare_digest(signature, self._signature(f"v1.{identity}.{expiry}")):
            return None
        return identity if int(expiry) > self.now() else None

    def _signature(self, body: str) -> str:
        return hmac.new(self.key, body.encode(), hashlib.sha256).hexdigest()
