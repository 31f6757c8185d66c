"""The web channel: the contract's calls, each bound to one signed conversation.

``POST session``, ``POST message``, ``GET conversation``, ``GET summary`` (for a doctor, as text and FHIR), ``GET
export`` (all that is kept, as JSON) and ``DELETE conversation`` under ``/webhooks/web/``.
"""

from __future__ import annotations

import json as parser
import logging
import re
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot import logs, privacy
from bot.channels import limits
from bot.channels.addresses import HEADER as FORWARDED
from bot.channels.addresses import Proxies
from bot.channels.cleaning import MAX_CHARACTERS, clean
from bot.channels.conversation import Deadlines, NotSavedError
from bot.channels.core import Core, keep_purging
from bot.channels.gate import urgent_message
from bot.channels.site import Site, error
from bot.channels.slow_clients import Waits
from bot.channels.texts import text as words
from bot.channels.tokens import LIFETIME_S, Tokens
from bot.stores.folder import signing_key

logger = logging.getLogger(__name__)

MAX_BODY_BYTES = 16 * 1024  # a chat message is at most 2,000 characters
MESSAGE_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
EVERYBODY = "everybody"
Handler = Callable[[Request], Coroutine[Any, Any, HTTPResponse]]
Answered = TypeVar("Answered")


@dataclass(frozen=True)
class Settings:
    """What ``credentials.yml`` may set for this channel; each value is explained where its default stands."""

    messages_per_second: float = limits.MESSAGES_PER_SECOND
    message_burst: int = limits.MESSAGE_BURST
    sessions_per_second: float = limits.SESSIONS_PER_SECOND
    session_burst: int = limits.SESSION_BURST
    token_lifetime: float = LIFETIME_S
    answer_deadline: float = Deadlines.answer
    urgent_deadline: float = Deadlines.urgent
    turn_limit: float = Deadlines.turn
    embedded_in: tuple[str, ...] = ()  # origins of other sites whose pages may embed the chat; none by default
    proxies: tuple[str, ...] = ()  # networks whose X-Forwarded-For header is believed ("127.0.0.1", "10.0.0.0/8")
    requests_per_second_of_address: float = limits.ADDRESS_REQUESTS_PER_SECOND
    request_burst_of_address: int = limits.ADDRESS_REQUEST_BURST
    sessions_per_second_of_address: float = limits.ADDRESS_SESSIONS_PER_SECOND
    session_burst_of_address: int = limits.ADDRESS_SESSION_BURST
    request_wait: float = Waits.request
    response_wait: float = Waits.response
    keep_alive_wait: float = Waits.keep_alive


class RefusedError(Exception):
    """A request that gets an error instead of an answer."""

    def __init__(self, status: int, code: str, **values: Any) -> None:
        """HTTP status, code in ``texts.yml`` and the values its sentence needs."""
        super().__init__(code)
        self.response = error(status, code, headers=_retry_after(values), **values)


class WebInput(InputChannel):
    """Rasa's end of the web channel."""

    def __init__(self, settings: Settings, tokens: Tokens) -> None:
        """Ready to be registered; it reaches the stores when the server starts."""
        self._settings = settings
        self._tokens = tokens
        self._messages = limits.Buckets(settings.messages_per_second, settings.message_burst)
        self._sessions = limits.Buckets(settings.sessions_per_second, settings.session_burst)
        self._proxies = Proxies.named(settings.proxies)
        self._requests_of = limits.Buckets(settings.requests_per_second_of_address, settings.request_burst_of_address)
        self._sessions_of = limits.Buckets(settings.sessions_per_second_of_address, settings.session_burst_of_address)
        self._core: Core | None = None

    @classmethod
    def name(cls) -> str:
        """The channel's part of the address."""
        return "web"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> WebInput:
        """Build it from its part of ``credentials.yml``; ValueError for a setting that does not exist."""
        known = {field.name for field in fields(Settings)}
        if unknown := set(credentials or {}) - known:
            raise ValueError(
                f"credentials.yml: unknown {', '.join(sorted(unknown))}; known: {', '.join(sorted(known))}"
            )
        settings = Settings(**(credentials or {}))
        return cls(settings, Tokens(signing_key(), lifetime=settings.token_lifetime))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Site:
        """The routes, and what has to happen when the server starts."""
        settings = self._settings
        waits = Waits(settings.request_wait, settings.response_wait, settings.keep_alive_wait)
        site = Site("web_channel", settings.embedded_in, waits)
        logs.take_over()

        @site.listener("before_server_start")
        async def load_word_lists(_app: Sanic, _loop: Any) -> None:
            urgent_message("")  # seconds, once: not to be paid by the first person; a broken list stops the start

        @site.listener("after_server_start")
        async def start(app: Sanic, _loop: Any) -> None:
            self._start(app.ctx.agent, on_new_message)
            site.watch(app.ctx.agent)
            keep_purging(app, self._started().store)
            privacy.withhold()
            logs.take_over()  # whatever handlers Rasa has added since

        site.add_route(self._guarded(self._session), "/session", methods=["POST"])
        site.add_route(self._guarded(self._message), "/message", methods=["POST"])
        site.add_route(self._guarded(self._conversation), "/conversation", methods=["GET"], name="conversation_get")
        site.add_route(self._guarded(self._summary), "/summary", methods=["GET"])
        site.add_route(self._guarded(self._export), "/export", methods=["GET"])
        site.add_route(self._guarded(self._erase), "/conversation", methods=["DELETE"], name="conversation_delete")
        return site

    def _start(self, agent: Agent, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> None:
        settings = self._settings
        deadlines = Deadlines(settings.answer_deadline, settings.urgent_deadline, settings.turn_limit)
        self._core = Core.connect(agent, on_new_message, self.name(), deadlines)

    async def _session(self, request: Request) -> HTTPResponse:
        address = self._address(request)
        _within(self._sessions_of, address)
        _within(self._sessions, EVERYBODY)
        return json({"token": self._tokens.new()})

    async def _message(self, request: Request) -> HTTPResponse:
        conversation = self._authorised(request)
        _within(self._messages, conversation)
        text, message_id = _parsed(request.body)
        message_id = message_id or _id_of_request(request)
        try:
            answer = await self._started().conversations.say(conversation, text, message_id)
        except NotSavedError:
            raise RefusedError(503, "not_saved") from None
        return json(answer)

    async def _conversation(self, request: Request) -> HTTPResponse:
        conversation = self._authorised(request)
        return json(await _or_503("no_turns", self._started().conversations.inbox.turns(conversation)))

    async def _export(self, request: Request) -> HTTPResponse:
        conversation = self._authorised(request)
        return json(await _or_503("not_exported", self._started().export(conversation)))

    async def _summary(self, request: Request) -> HTTPResponse:
        conversation = self._authorised(request)
        summary = await _or_503("no_summary", self._started().summary(conversation))
        if summary is None:
            raise RefusedError(404, "nothing_told")
        return json(summary.payload())

    async def _erase(self, request: Request) -> HTTPResponse:
        conversation = self._authorised(request)
        erased = await _or_503("not_erased", self._started().erase(conversation))
        self._messages.forget(conversation)
        return json({"erased": True, **erased, "message": words("notices.erased")})

    def _guarded(self, call: Handler) -> Handler:
        async def guarded(request: Request) -> HTTPResponse:
            try:
                _within(self._requests_of, self._address(request))
                if len(request.body) > MAX_BODY_BYTES:
                    raise RefusedError(413, "too_long", limit=MAX_CHARACTERS)
                return await call(request)
            except RefusedError as refused:
                return refused.response

        return guarded

    def _address(self, request: Request) -> str | None:
        return self._proxies.client(request.ip, request.headers.get(FORWARDED, ""))

    def _authorised(self, request: Request) -> str:
        scheme, _, token = (request.headers.get("authorization") or "").partition(" ")
        conversation = self._tokens.conversation(token.strip()) if scheme.lower() == "bearer" else None
        if conversation is None:
            raise RefusedError(401, "no_token")
        return conversation

    def _started(self) -> Core:
        if self._core is None:
            raise RefusedError(503, "not_saved")
        return self._core


async def _or_503(code: str, asked: Awaitable[Answered]) -> Answered:
    """What the bot answers; RefusedError if it cannot."""
    try:
        return await asked
    except Exception as failed:
        logger.error("%s: %s", code, type(failed).__name__)
        raise RefusedError(503, code) from None


def _parsed(body: bytes) -> tuple[str, str | None]:
    """Clean text and client's id of a message; RefusedError with the reason if there is none."""
    try:
        data = parser.loads(body)
    except (ValueError, RecursionError):
        raise RefusedError(400, "bad_json") from None
    if not isinstance(data, dict):
        raise RefusedError(400, "bad_json")
    message, message_id = data.get("message", ""), data.get("id")
    if not isinstance(message, str):
        raise RefusedError(400, "not_text")
    if len(message) > MAX_CHARACTERS:
        raise RefusedError(413, "too_long", limit=MAX_CHARACTERS)
    if message_id is not None and not MESSAGE_ID.fullmatch(str(message_id)):
        raise RefusedError(400, "bad_id")
    text = clean(message)
    if not text:
        raise RefusedError(400, "empty")
    return text, None if message_id is None else str(message_id)


def _id_of_request(request: Request) -> str | None:
    """The id that a proxy gave the request: when it sends it to a second process, the message still counts once."""
    given = request.headers.get("x-request-id") or ""
    return given if MESSAGE_ID.fullmatch(given) else None


def _within(buckets: limits.Buckets, name: str | None) -> None:
    """Take one from a bucket; RefusedError if it is empty. Without a name there is nobody to count for."""
    if name is not None and (seconds := buckets.wait(name)):
        raise RefusedError(429, "too_many", seconds=seconds)


def _retry_after(values: dict[str, Any]) -> dict[str, str] | None:
    return {"Retry-After": str(values["seconds"])} if "seconds" in values else None
