"""Slack, through its Events API and Web API: direct messages only, every request signed.

Each event is acknowledged at once and worked on afterwards; Slack's repeated deliveries (``X-Slack-Retry-Num``) carry
the same ``event_id`` and are handled once.
"""

from __future__ import annotations

import asyncio
import json as parser
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import aiohttp
from sanic.request import Request
from sanic.response import HTTPResponse, empty, json
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.channels import slack_blocks
from bot.channels.events import PLAIN_COMMANDS
from bot.channels.hosted import HostedChannel
from bot.channels.platform import GoneError, LaterError, RefusedPostError
from bot.channels.posts import CLOSE, DOCUMENT, TEXT, Post
from bot.channels.settings import ADDRESS, Settings, of_credentials, secret, setting
from bot.channels.site import Site, error
from bot.channels.slack_requests import is_from_slack, of_action, of_event
from bot.channels.urgent import Message

logger = logging.getLogger(__name__)

NAME, TITLE = "slack", "Slack"
API = "https://slack.com/api/"
CALL_S = 10.0
MAX_REQUEST_BYTES = 512 * 1024  # an event is a few kB
FORM = "application/x-www-form-urlencoded"  # of interaction payloads; events are JSON
BUSY = 429
# https://docs.slack.dev/reference/methods/chat.postMessage#errors
GONE = frozenset(
    ["channel_not_found", "is_archived", "user_not_found", "user_disabled", "cannot_dm_bot", "messages_tab_disabled"]
)
SET_UP_WRONG = frozenset(["invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"])
NO_SCOPE = "missing_scope"  # a file, say, which must not hold up the words that come after it
BROKEN = frozenset(
    ["internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited", "rate_limited"]
)


@dataclass(frozen=True)
class SlackSettings(Settings):
    """What the environment sets (``bot/channels/platforms.yml``)."""

    signing_secret: str = secret("SLACK_SIGNING_SECRET")
    bot_token: str = secret("SLACK_BOT_TOKEN", r"xox[bp]-[\w-]{8,250}")
    api: str = setting("SLACK_API", ADDRESS, API)


class Slack:
    """How posts look on Slack; see `bot.channels.platform.Platform`."""

    name, title = NAME, TITLE
    style = slack_blocks.STYLE
    commands = PLAIN_COMMANDS

    def __init__(self, client: AsyncWebClient, limit: float = CALL_S) -> None:
        """Send through ``client``, which makes each call once; ``limit``: seconds a post may take."""
        self._client = client  # of one that shares a session, its own time limit does not hold
        self._limit = limit

    def render(self, messages: Sequence[Message]) -> list[Post]:
        """Plain text in sections, buttons and boxes, the result as a card."""
        return slack_blocks.render(messages)

    async def send(self, address: str, post: Post) -> str:
        """One call, or what belongs together; see `Platform.send`."""
        try:
            return await asyncio.wait_for(self._sent(address, post), self._limit)
        except SlackApiError as refused:
            response = refused.response
            raise _meaning(response.status_code, response.headers, response.data) from None
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError):
            raise LaterError from None

    async def _sent(self, channel: str, post: Post) -> str:
        if post.kind == DOCUMENT:
            await self._client.files_upload_v2(channel=channel, filename=post.name, content=post.text)
        elif post.kind == CLOSE:
            await self._close(channel, post.message)
        elif post.kind == TEXT:  # boxes are ticked by Slack itself, so there is nothing to be marked
            text, blocks = slack_blocks.fallback(post), slack_blocks.blocks_of(post)
            quiet = {"unfurl_links": False, "unfurl_media": False}
            sent = await self._client.chat_postMessage(channel=channel, text=text, blocks=blocks, **quiet)
            return str(sent["ts"])
        return ""

    async def _close(self, channel: str, stamp: str) -> None:
        """Take the buttons off a message: Slack replaces the whole of it, so it is fetched first."""
        found = await self._client.conversations_history(channel=channel, latest=stamp, inclusive=True, limit=1)
        message = next((each for each in found.get("messages") or () if each.get("ts") == stamp), None)
        blocks = (message or {}).get("blocks") or []
        left = slack_blocks.without_buttons(blocks)
        if message and left and left != blocks:
            await self._client.chat_update(channel=channel, ts=stamp, text=message.get("text") or "", blocks=left)


class SlackInput(HostedChannel):
    """Rasa's end of Slack."""

    def __init__(self, settings: SlackSettings) -> None:
        """Ready to be registered; CannotOpenError without its secrets."""
        self._settings = settings.checked(NAME)
        self._verifier = SignatureVerifier(settings.signing_secret)

    @classmethod
    def name(cls) -> str:
        """The channel's part of the address."""
        return NAME

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> SlackInput:
        """Build it from its settings; ValueError for one that does not exist."""
        return cls(of_credentials(SlackSettings, NAME, credentials))

    def platform(self, session: aiohttp.ClientSession) -> Slack:
        """Slack, with this app's token."""
        settings = self._settings
        client = AsyncWebClient(settings.bot_token, base_url=settings.api, session=session, retry_handlers=[])
        return Slack(client)

    def add_routes(self, site: Site) -> None:
        """``POST webhook``: the request URL of both event subscriptions and interactivity."""

        @site.post("/webhook")
        async def webhook(request: Request) -> HTTPResponse:
            return await self._webhook(request)

    async def _webhook(self, request: Request) -> HTTPResponse:
        if len(request.body) > MAX_REQUEST_BYTES:
            return error(413, "too_long", limit=MAX_REQUEST_BYTES)
        if not is_from_slack(self._verifier, request.body, request.headers):
            return error(403, "not_from_there")
        pressed = (request.headers.get("content-type") or "").startswith(FORM)
        data = _object(_payload(request.body) if pressed else request.body)
        if data is None:
            return error(400, "bad_json")
        if data.get("type") == "url_verification":  # https://docs.slack.dev/reference/events/url_verification/
            return json({"challenge": str(data.get("challenge") or "")})
        incoming = of_action(data) if pressed else of_event(data)
        return await self.take([incoming] if incoming else [], empty(200))


def _payload(body: bytes) -> bytes:
    try:
        return parse_qs(body.decode("utf-8"), max_num_fields=10).get("payload", [""])[0].encode()
    except ValueError:
        return b""


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        data = parser.loads(body)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _meaning(status: int, headers: Mapping[str, str], answer: Any) -> Exception:
    """What an answer that is not "ok" means for the post."""
    code = str(answer.get("error") or "") if isinstance(answer, dict) else ""
    if status == BUSY or code in BROKEN or status >= 500 or not code:
        wait = next((value for name, value in headers.items() if name.casefold() == "retry-after"), "")
        return LaterError(float(wait) if re.fullmatch(r"\d{1,6}", str(wait)) else None)
    if code in SET_UP_WRONG or code == NO_SCOPE:
        logger.error("slack refuses: %s", code)
        return RefusedPostError() if code == NO_SCOPE else LaterError()
    return GoneError() if code in GONE else RefusedPostError()
