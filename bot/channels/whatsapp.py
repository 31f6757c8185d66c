"""WhatsApp, through Twilio or through Meta's own Cloud API: plain text, choices as a numbered list.

A request is acknowledged at once; answers go through the provider's API, in parts that are short enough.
"""

from __future__ import annotations

import hmac
import json as parser
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp
from sanic.request import Request
from sanic.response import HTTPResponse, empty, raw, text
from twilio.request_validator import RequestValidator

from bot.channels import whatsapp_meta as meta
from bot.channels import whatsapp_twilio as twilio
from bot.channels.events import PLAIN_COMMANDS
from bot.channels.hosted import HostedChannel
from bot.channels.posts import TEXT, Post, Style, posts_of
from bot.channels.settings import ADDRESS, Settings, of_credentials, secret, setting
from bot.channels.site import Site, error
from bot.channels.urgent import Message

TWILIO, META, TITLE = "whatsapp", "whatsapp-meta", "WhatsApp"  # two channels, so that both may be open at once
WEBHOOK = "/webhook"
MAX_REQUEST_BYTES = 512 * 1024
NO_REPLY = b"<Response></Response>"  # TwiML that says nothing: https://www.twilio.com/docs/messaging/twiml
TWILIO_PATH = f"/webhooks/{TWILIO}{WEBHOOK}"


@dataclass(frozen=True)
class TwilioSettings(Settings):
    """For Twilio; ``public_url``: what people's requests reach the bot under, as Twilio signs it."""

    account: str = secret("TWILIO_ACCOUNT_SID", r"AC[0-9a-f]{32}")
    token: str = secret("TWILIO_AUTH_TOKEN")
    number: str = setting("TWILIO_WHATSAPP_NUMBER", r"whatsapp:\+\d{5,20}")
    public_url: str = setting("BOT_PUBLIC_URL", ADDRESS)
    api: str = setting("TWILIO_API", ADDRESS, twilio.API)


@dataclass(frozen=True)
class MetaSettings(Settings):
    """For Meta's Cloud API."""

    app_secret: str = secret("WHATSAPP_APP_SECRET")
    token: str = secret("WHATSAPP_TOKEN")
    verify_token: str = secret("WHATSAPP_VERIFY_TOKEN")
    number_id: str = setting("WHATSAPP_NUMBER_ID", r"\d{5,30}")
    api: str = setting("WHATSAPP_API", ADDRESS, meta.API)


class Api(Protocol):
    """A provider: how long a text may be, and how one is sent (as `Platform.send`)."""

    longest_text: int

    async def send(self, address: str, text: str) -> str:
        """The new message's id."""


class WhatsApp:
    """How posts look on WhatsApp; see `bot.channels.platform.Platform`."""

    title = TITLE
    commands = PLAIN_COMMANDS

    def __init__(self, name: str, api: Api) -> None:
        """``name``: the channel's; send through ``api``."""
        self.name = name
        self._api = api
        self.style = Style(api.longest_text, numbered=True, documents=False)

    def render(self, messages: Sequence[Message]) -> list[Post]:
        """Plain text, choices numbered."""
        return posts_of(messages, self.style)

    async def send(self, address: str, post: Post) -> str:
        """One call; see `Platform.send`. There are no buttons to be ticked or taken off."""
        return await self._api.send(address, post.text) if post.kind == TEXT else ""


class TwilioInput(HostedChannel):
    """Rasa's end of WhatsApp through Twilio."""

    def __init__(self, settings: TwilioSettings) -> None:
        """Ready to be registered; CannotOpenError without its secrets."""
        self._settings = settings.checked(TWILIO)
        self._validator = RequestValidator(settings.token)
        self._url = settings.public_url.rstrip("/") + TWILIO_PATH

    @classmethod
    def name(cls) -> str:
        """The channel's part of the address."""
        return TWILIO

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> TwilioInput:
        """Build it from its settings; ValueError for one that does not exist."""
        return cls(of_credentials(TwilioSettings, TWILIO, credentials))

    def platform(self, session: aiohttp.ClientSession) -> WhatsApp:
        """WhatsApp, with this account."""
        settings = self._settings
        api = twilio.TwilioApi(session, settings.account, settings.token, settings.number, settings.api)
        return WhatsApp(TWILIO, api)

    def add_routes(self, site: Site) -> None:
        """``POST webhook``."""

        @site.post(WEBHOOK)
        async def webhook(request: Request) -> HTTPResponse:
            return await self._webhook(request)

    async def _webhook(self, request: Request) -> HTTPResponse:
        if len(request.body) > MAX_REQUEST_BYTES:
            return error(413, "too_long", limit=MAX_REQUEST_BYTES)
        try:
            form = twilio.Form.of(request.body)
        except ValueError:
            return error(403, "not_from_there")
        query = f"?{request.query_string}" if request.query_string else ""
        signature = request.headers.get("x-twilio-signature") or ""
        if not twilio.is_from_twilio(self._validator, self._url + query, form, signature):
            return error(403, "not_from_there")
        incoming = twilio.of_request(form, self._settings.number)
        return await self.take([incoming] if incoming else [], raw(NO_REPLY, content_type="text/xml"))


class MetaInput(HostedChannel):
    """Rasa's end of WhatsApp through Meta's Cloud API."""

    def __init__(self, settings: MetaSettings) -> None:
        """Ready to be registered; CannotOpenError without its secrets."""
        self._settings = settings.checked(META)

    @classmethod
    def name(cls) -> str:
        """The channel's part of the address."""
        return META

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> MetaInput:
        """Build it from its settings; ValueError for one that does not exist."""
        return cls(of_credentials(MetaSettings, META, credentials))

    def platform(self, session: aiohttp.ClientSession) -> WhatsApp:
        """WhatsApp, with this number."""
        settings = self._settings
        return WhatsApp(META, meta.MetaApi(session, settings.token, settings.number_id, settings.api))

    def add_routes(self, site: Site) -> None:
        """``POST webhook``, and ``GET webhook`` for the handshake when the address is entered at Meta."""

        @site.post(WEBHOOK)
        async def webhook(request: Request) -> HTTPResponse:
            return await self._webhook(request)

        @site.get(WEBHOOK)
        async def handshake(request: Request) -> HTTPResponse:
            return await self._handshake(request)

    async def _handshake(self, request: Request) -> HTTPResponse:
        given = str(request.args.get("hub.verify_token") or "").encode("utf-8", "surrogateescape")
        right = hmac.compare_digest(given, self._settings.verify_token.encode())
        if request.args.get("hub.mode") != "subscribe" or not right:
            return error(403, "not_from_there")
        return text(str(request.args.get("hub.challenge") or ""))

    async def _webhook(self, request: Request) -> HTTPResponse:
        if len(request.body) > MAX_REQUEST_BYTES:
            return error(413, "too_long", limit=MAX_REQUEST_BYTES)
        signature = request.headers.get(meta.SIGNATURE) or ""
        if not meta.is_from_meta(self._settings.app_secret, request.body, signature):
            return error(403, "not_from_there")
        try:
            data = parser.loads(request.body)
        except (ValueError, RecursionError):
            return error(400, "bad_json")
        return await self.take(meta.of_request(data, self._settings.number_id), empty(200))
