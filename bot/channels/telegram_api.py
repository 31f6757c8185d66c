"""Calls to Telegram's Bot API (https://core.telegram.org/bots/api), and what its answers mean.

The token is part of every address, and aiohttp's errors quote addresses: none of them leaves this module.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp

from bot.channels.platform import GoneError, LaterError, RefusedPostError

API = "https://api.telegram.org"
CALL_S = 10.0
BUSY, GONE = 429, 403
GONE_WORDS = ("chat not found", "user is deactivated", "peer_id_invalid", "bot was blocked")
# What the operator has to put right: the token is wrong (401, 404), or somebody else fetches updates (409).
SET_UP_WRONG = (401, 404, 409)


class SetUpError(LaterError):
    """The bot is set up wrongly: ``code`` 401 or 404 for the token, 409 if a webhook or another poller is there."""

    def __init__(self, code: int) -> None:
        """Keep the code."""
        super().__init__()
        self.code = code


class BotApi:
    """One bot's calls; its token is not to be seen from outside."""

    def __init__(self, session: aiohttp.ClientSession, token: str, base: str = API) -> None:
        """``base``: of Telegram, or of a Bot API server of one's own."""
        self._session = session
        self._prefix = f"{base.rstrip('/')}/bot{token}/"

    async def call(self, method: str, *, seconds: float = CALL_S, **parameters: Any) -> Any:
        """The call's result; GoneError, RefusedPostError, LaterError (SetUpError among them)."""
        return await self._post(method, seconds, json=parameters)

    async def upload(self, method: str, form: aiohttp.FormData) -> Any:
        """The same with a file."""
        return await self._post(method, CALL_S, data=form)

    async def _post(self, method: str, seconds: float, **content: Any) -> Any:
        status, body = 0, b""
        limit = aiohttp.ClientTimeout(total=seconds)
        try:
            async with self._session.post(self._prefix + method, timeout=limit, **content) as response:
                status, body = response.status, await response.read()
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError):
            pass  # told below, where the error with its address is gone
        return _result(status, body)


def _result(status: int, body: bytes) -> Any:
    try:
        answer = json.loads(body)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise LaterError
    if status == 200 and answer.get("ok"):
        return answer.get("result")
    code = answer.get("error_code", status)
    if code == BUSY:
        raise LaterError((answer.get("parameters") or {}).get("retry_after", 1.0))
    if code in SET_UP_WRONG:
        raise SetUpError(code)
    if code == GONE or any(words in str(answer.get("description")).casefold() for words in GONE_WORDS):
        raise GoneError
    if 400 <= code < 500:
        raise RefusedPostError
    raise LaterError
