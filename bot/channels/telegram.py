"""Telegram, through its Bot API: private chats, by webhook or, for local use, by long polling.

Everything is sent as plain text: nothing a person or the bot writes can be taken for markup.
"""

from __future__ import annotations

import asyncio
import hmac
import json as parser
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.channels.hosted import HostedChannel, in_background
from bot.channels.offers import DONE, Offer
from bot.channels.platform import GoneError, LaterError, RefusedPostError, UndeliveredError
from bot.channels.posts import CLOSE, DOCUMENT, MARK, Post, Style, posts_of, utf16_units
from bot.channels.settings import ADDRESS, Settings, of_credentials, secret, setting
from bot.channels.site import Site, error
from bot.channels.telegram_api import API, BotApi, SetUpError
from bot.channels.telegram_updates import ALLOWED, GROUPS, Update
from bot.channels.texts import text as words
from bot.channels.urgent import Message

logger = logging.getLogger(__name__)

NAME, TITLE = "telegram", "Telegram"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
LONGEST_TEXT = 4096  # UTF-16 units after entities parsing: https://core.telegram.org/bots/api#sendmessage
MAX_UPDATE_BYTES = 512 * 1024  # an update is a few kB; a long text with entities some 100 kB
POLLING, WEBHOOK = "polling", "webhook"
POLL_S = 25.0  # how long Telegram holds an empty answer back: https://core.telegram.org/bots/api#getupdates
POLL_AGAIN_S = 3.0
MOST_GROUPS = 1_000
SECRET = r"[A-Za-z0-9_-]{1,256}"  # https://core.telegram.org/bots/api#setwebhook
TOKEN = r"\d{1,20}:[A-Za-z0-9_-]{20,100}"  # https://core.telegram.org/bots/api#authorizing-your-bot


@dataclass(frozen=True)
class TelegramSettings(Settings):
    """What the environment sets (``bot/channels/platforms.yml``)."""

    token: str = secret("TELEGRAM_TOKEN", TOKEN)
    secret: str = secret("TELEGRAM_SECRET", SECRET)
    mode: str = setting("TELEGRAM_MODE", f"{POLLING}|{WEBHOOK}", WEBHOOK)
    api: str = setting("TELEGRAM_API", ADDRESS, API)


class Telegram:
    """How posts look on Telegram; see `bot.channels.platform.Platform`."""

    name, title = NAME, TITLE
    style = Style(LONGEST_TEXT, utf16_units)
    commands = {"start": "/start", "stop": "/stop", "delete": "/delete", "help": "/help"}

    def __init__(self, api: BotApi) -> None:
        """Send through ``api``."""
        self._api = api

    def render(self, messages: Sequence[Message]) -> list[Post]:
        """Plain text with one button a row."""
        return posts_of(messages, self.style)

    async def send(self, address: str, post: Post) -> str:
        """One call; see `Platform.send`."""
        chat = int(address)
        if post.kind == DOCUMENT:
            form = aiohttp.FormData({"chat_id": address})
            form.add_field("document", post.text.encode(), filename=post.name, content_type=post.media_type)
            sent = await self._api.upload("sendDocument", form)
        elif post.kind in (MARK, CLOSE):
            if not post.message:
                return ""
            keyboard = {"reply_markup": _keyboard(post.offer)} if post.offer else {}
            await self._api.call("editMessageReplyMarkup", chat_id=chat, message_id=int(post.message), **keyboard)
            return ""
        else:
            keyboard = {"reply_markup": _keyboard(post.offer)} if post.offer else {}
            plain = {"link_preview_options": {"is_disabled": True}}
            sent = await self._api.call("sendMessage", chat_id=chat, text=post.text, **plain, **keyboard)
        return str(sent["message_id"])


class TelegramInput(HostedChannel):
    """Rasa's end of Telegram."""

    def __init__(self, settings: TelegramSettings) -> None:
        """Ready to be registered; CannotOpenError without its secrets."""
        self._settings = settings.checked(NAME)
        self._groups_told: set[int] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._poller: asyncio.Task[None] | None = None
        self._api: BotApi | None = None

    @classmethod
    def name(cls) -> str:
        """The channel's part of the address."""
        return NAME

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> TelegramInput:
        """Build it from its settings; ValueError for one that does not exist."""
        return cls(of_credentials(TelegramSettings, NAME, credentials))

    def platform(self, session: aiohttp.ClientSession) -> Telegram:
        """Telegram, with this bot's token."""
        self._api = BotApi(session, self._settings.token, self._settings.api)
        return Telegram(self._api)

    def add_routes(self, site: Site) -> None:
        """``POST webhook``."""

        @site.post("/webhook")
        async def webhook(request: Request) -> HTTPResponse:
            return await self._webhook(request)

    async def open(self) -> None:
        """Fetch updates, if Telegram is not to bring them."""
        if self._settings.mode == POLLING:
            self._poller = asyncio.get_running_loop().create_task(self._poll())

    async def close(self) -> None:
        """Stop fetching; what was fetched and not taken on comes again."""
        for task in [self._poller, *self._tasks]:
            if task is not None:
                task.cancel()

    async def _webhook(self, request: Request) -> HTTPResponse:
        given = request.headers.get(SECRET_HEADER) or ""
        secret = self._settings.secret if self._settings.mode == WEBHOOK else ""
        if not secret or not hmac.compare_digest(given.encode("utf-8", "surrogateescape"), secret.encode()):
            return error(403, "not_from_there")
        if len(request.body) > MAX_UPDATE_BYTES:
            return error(413, "too_long", limit=MAX_UPDATE_BYTES)
        try:
            data = parser.loads(request.body)
        except (ValueError, RecursionError):
            return error(400, "bad_json")
        try:
            await self._take(data)
        except UndeliveredError:
            return error(503, "not_saved")
        return json({"ok": True})

    async def _poll(self) -> None:
        offset = 0
        while self._api is not None:
            try:
                wait = {"timeout": int(POLL_S), "seconds": POLL_S + 10}
                updates = await self._api.call("getUpdates", offset=offset, allowed_updates=ALLOWED, **wait)
                for update in updates:
                    await self._take(update)
                    offset = int(update["update_id"]) + 1  # confirms it, once it is taken on
            except SetUpError as wrong:
                logger.error(words("channels.telegram_set_up", code=wrong.code))
                await asyncio.sleep(POLL_S)
            except (LaterError, UndeliveredError) as later:
                await asyncio.sleep(getattr(later, "seconds", None) or POLL_AGAIN_S)
            except Exception as failed:
                logger.error("polling failed: %s", type(failed).__name__)
                await asyncio.sleep(POLL_AGAIN_S)

    async def _take(self, data: Any) -> None:
        """Take an update on; UndeliveredError if it should come again. What is no concern of ours is passed over."""
        if self.messenger is None or self._api is None:
            raise UndeliveredError
        update = Update.read(data)
        if update is None or update.chat is None:
            return
        if update.chat.type in GROUPS:
            await self._leave(update.chat.id)
            return
        if update.callback_query is not None:  # the wheel on the button stops turning
            in_background(
                self._tasks, self._api.call("answerCallbackQuery", callback_query_id=update.callback_query.id)
            )
        incoming = update.incoming()
        if incoming is not None:
            await self.messenger.accept(incoming)

    async def _leave(self, group: int) -> None:
        """Health is no matter for a group: say so, once, and go."""
        if group in self._groups_told or self._api is None:
            return
        if len(self._groups_told) >= MOST_GROUPS:
            self._groups_told.clear()
        self._groups_told.add(group)
        try:
            await self._api.call("sendMessage", chat_id=group, text=words("messaging.only_private"))
            await self._api.call("leaveChat", chat_id=group)
        except (GoneError, RefusedPostError, LaterError):
            return


def _keyboard(offer: Offer) -> dict[str, Any]:
    """One button a row; where several may be chosen, each shows whether it is, and a last one sends them."""
    rows = [
        [{"text": _label(offer, number, title), "callback_data": offer.token(number)}]
        for number, (title, _) in enumerate(offer.buttons)
    ]
    if offer.multi:
        rows.append([{"text": words("messaging.done"), "callback_data": offer.token(DONE)}])
    return {"inline_keyboard": rows}


def _label(offer: Offer, number: int, title: str) -> str:
    if not offer.multi or title in offer.exclusive:
        return title
    return words("messaging.ticked" if number in offer.chosen else "messaging.unticked", title=title)
