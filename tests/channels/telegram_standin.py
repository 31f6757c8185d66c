"""A stand-in for Telegram's Bot API, over real HTTP, that refuses what Telegram refuses.

Methods, fields and limits are those of https://core.telegram.org/bots/api (sendMessage: 1-4096 characters after
entities parsing, counted in UTF-16 units; InlineKeyboardButton.callback_data: 1-64 bytes; setWebhook.secret_token:
1-256 of A-Z a-z 0-9 _ -; ResponseParameters.retry_after). Error sentences are those that Telegram is known to send.
It records every call and can be told to fail the next ones.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

TOKEN = "123456:" + "T" * 35
SECRET = "a-secret-of-the-tests_1"
LONGEST_TEXT, LONGEST_DATA = 4096, 64
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
WAIT_S = 60


class RefusedError(Exception):
    """An answer other than ok."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


@dataclass
class Sent:
    """A message as the chat shows it; ``keyboard``: rows of ``(text, callback_data)``."""

    id: int
    chat: int
    text: str = ""
    keyboard: list[list[tuple[str, str]]] = field(default_factory=list)
    document: tuple[str, str, bytes] | None = None


class BotApiStandIn:
    """The server, in a thread of its own; a context manager."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.messages: dict[int, Sent] = {}
        self.blocked: set[int] = set()
        self.known: set[int] = set()  # chats that have written to the bot: it cannot write to others
        self.faults: list[str] = []  # "429", "500", "timeout", "reset", "lost": for the next calls that send
        self.updates: list[dict[str, Any]] = []
        self.webhook: dict[str, Any] = {}
        self._ids = itertools.count(1000)
        self._update_ids = itertools.count(1)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> BotApiStandIn:
        self._thread.start()
        self.port = asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result(WAIT_S)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(WAIT_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(WAIT_S)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What the bot needs to find the stand-in."""
        return {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_SECRET": SECRET, "TELEGRAM_API": self.url}

    def sent_to(self, chat: int) -> list[Sent]:
        return [message for message in list(self.messages.values()) if message.chat == chat]

    def texts_to(self, chat: int) -> list[str]:
        return [message.text for message in self.sent_to(chat) if message.text]

    # What a person does, as an update.

    def writes(self, chat: int, text: str = "", **more: Any) -> dict[str, Any]:
        self.known.add(chat)
        content = {"text": text} if text else {}
        return self._update(message={**self._message(chat), **content, **more})

    def presses(self, chat: int, title: str) -> dict[str, Any]:
        """The newest button that reads so; AssertionError if none is shown."""
        for message in reversed(self.sent_to(chat)):
            for text, data in itertools.chain.from_iterable(message.keyboard):
                if text.lstrip("☐☑ ") == title:
                    return self.press_of(message, data)
        raise AssertionError(f"no button {title!r} is shown")

    def press_of(self, message: Sent, data: str) -> dict[str, Any]:
        shown = {**self._message(message.chat), "message_id": message.id, "text": message.text}
        press = {"id": str(next(self._ids)), "from": self._person(message.chat), "message": shown, "data": data}
        return self._update(callback_query=press)

    def _update(self, **content: Any) -> dict[str, Any]:
        return {"update_id": next(self._update_ids), **content}

    def _message(self, chat: int) -> dict[str, Any]:
        place = {"id": chat, "type": "private" if chat > 0 else "supergroup"}
        return {"message_id": next(self._ids), "date": 1_700_000_000, "chat": place, "from": self._person(abs(chat))}

    def _person(self, chat: int) -> dict[str, Any]:
        return {"id": chat, "is_bot": False, "first_name": "Ann"}

    # Calls of the bot.

    async def _serve(self) -> int:
        app = web.Application(client_max_size=50 * 1024 * 1024)
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        return int(self._runner.addresses[0][1])

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if request.match_info["token"] != TOKEN:
            return _refusal(RefusedError(401, "Unauthorized"))
        parameters = await _parameters(request)
        self.calls.append((method, parameters))
        handler: Callable[[dict[str, Any]], Any] | None = getattr(self, f"_on_{method}", None)
        if handler is None:
            return _refusal(RefusedError(404, "Not Found"))
        fault = self.faults.pop(0) if self.faults and method.startswith(("send", "edit")) else ""
        try:
            if fault and fault != "lost":
                await self._fail(fault, request)
            result = handler(parameters)
            if asyncio.iscoroutine(result):
                result = await result
            if fault == "lost":  # done, but the answer never arrives
                _cut(request)
        except RefusedError as refused:
            return _refusal(refused)
        return web.json_response({"ok": True, "result": result})

    async def _fail(self, fault: str, request: web.Request) -> None:
        if fault == "429":
            raise RefusedError(429, "Too Many Requests: retry after 1", retry_after=1)
        if fault == "500":
            raise RefusedError(500, "Internal Server Error")
        if fault == "timeout":
            await asyncio.sleep(WAIT_S)
        _cut(request)

    def _on_getMe(self, _: dict[str, Any]) -> Any:  # noqa: N802
        return {"id": 123456, "is_bot": True, "first_name": "Bot", "username": "vitamin_test_bot"}

    def _on_sendMessage(self, given: dict[str, Any]) -> Any:  # noqa: N802
        chat, text = self._chat(given), given.get("text")
        if not isinstance(text, str) or not text.strip():
            raise RefusedError(400, "Bad Request: message text is empty")
        if given.get("parse_mode"):
            raise RefusedError(400, "Bad Request: can't parse entities")  # the bot is not to send markup at all
        if len(text.encode("utf-16-le")) // 2 > LONGEST_TEXT:
            raise RefusedError(400, "Bad Request: message is too long")
        return self._shown(Sent(next(self._ids), chat, text, _keyboard(given.get("reply_markup"))))

    def _on_sendDocument(self, given: dict[str, Any]) -> Any:  # noqa: N802
        chat, file = self._chat(given), given.get("document")
        if not isinstance(file, tuple) or not file[0] or not file[2]:
            raise RefusedError(400, "Bad Request: there is no document in the request")
        return self._shown(Sent(next(self._ids), chat, document=file))

    def _on_editMessageReplyMarkup(self, given: dict[str, Any]) -> Any:  # noqa: N802
        chat, message = self._chat(given), self.messages.get(given.get("message_id", 0))
        if message is None or message.chat != chat:
            raise RefusedError(400, "Bad Request: message to edit not found")
        keyboard = _keyboard(given.get("reply_markup"))
        if keyboard == message.keyboard:
            raise RefusedError(400, "Bad Request: message is not modified")
        message.keyboard = keyboard
        return {"message_id": message.id}

    def _on_answerCallbackQuery(self, given: dict[str, Any]) -> Any:  # noqa: N802
        if not isinstance(given.get("callback_query_id"), str):
            raise RefusedError(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        return True

    def _on_leaveChat(self, given: dict[str, Any]) -> Any:  # noqa: N802
        self.known.discard(self._chat(given))
        return True

    def _on_setMyCommands(self, given: dict[str, Any]) -> Any:  # noqa: N802
        for command in given["commands"]:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]) or not 1 <= len(command["description"]) <= 256:
                raise RefusedError(400, "Bad Request: BOT_COMMAND_INVALID")
        return True

    def _on_setWebhook(self, given: dict[str, Any]) -> Any:  # noqa: N802
        if not str(given.get("url", "")).startswith("https://"):
            raise RefusedError(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", given.get("secret_token", "")):
            raise RefusedError(400, "Bad Request: secret token contains unallowed characters")
        self.webhook = given
        return True

    def _on_deleteWebhook(self, _: dict[str, Any]) -> Any:  # noqa: N802
        self.webhook = {}
        return True

    def _on_getWebhookInfo(self, _: dict[str, Any]) -> Any:  # noqa: N802
        return {"url": self.webhook.get("url", ""), "pending_update_count": len(self.updates)}

    async def _on_getUpdates(self, given: dict[str, Any]) -> Any:  # noqa: N802
        if self.webhook:
            raise RefusedError(409, "Conflict: can't use getUpdates method while webhook is active")
        self.updates = [update for update in self.updates if update["update_id"] >= given.get("offset", 0)]
        for _ in range(int(given.get("timeout", 0)) * 20):
            if self.updates:
                break
            await asyncio.sleep(0.05)
        return self.updates[:100]

    def _chat(self, given: dict[str, Any]) -> int:
        try:
            chat = int(given["chat_id"])
        except (KeyError, TypeError, ValueError):
            raise RefusedError(400, "Bad Request: chat_id is empty") from None
        if chat in self.blocked:
            raise RefusedError(403, "Forbidden: bot was blocked by the user")
        if chat not in self.known:
            raise RefusedError(400, "Bad Request: chat not found")
        return chat

    def _shown(self, message: Sent) -> dict[str, Any]:
        self.messages[message.id] = message
        return {"message_id": message.id, "chat": {"id": message.chat, "type": "private"}, "text": message.text}


def deliver(url: str, update: dict[str, Any], secret: str = SECRET, *, until_taken: bool = True) -> int:
    """Bring an update to the webhook as Telegram does: again and again until it is answered with 2xx; the status."""
    body = json.dumps(update).encode()
    headers = {"Content-Type": "application/json", SECRET_HEADER: secret}
    for _ in range(WAIT_S * 20):
        request = urllib.request.Request(f"{url}/webhooks/telegram/webhook", data=body, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=15) as response:
                return int(response.status)
        except urllib.error.HTTPError as refused:
            status = refused.code
        except OSError:
            status = 0
        if not until_taken:
            return status
        time.sleep(0.2)
    raise AssertionError(f"an update was not taken: {status}")


async def _parameters(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        return dict(await request.json())
    found: dict[str, Any] = {}
    for name, value in (await request.post()).items():
        is_file = isinstance(value, web.FileField)
        found[name] = (value.filename, value.content_type, value.file.read()) if is_file else value
    return found


def _keyboard(markup: Any) -> list[list[tuple[str, str]]]:
    rows = (markup or {}).get("inline_keyboard") or []
    for button in itertools.chain.from_iterable(rows):
        if not button.get("text"):
            raise RefusedError(400, "Bad Request: text buttons are unallowed in the inline keyboard")
        if not 1 <= len(button.get("callback_data", "").encode()) <= LONGEST_DATA:
            raise RefusedError(400, "Bad Request: BUTTON_DATA_INVALID")
    return [[(button["text"], button["callback_data"]) for button in row] for row in rows]


def _refusal(refused: RefusedError) -> web.Response:
    answer: dict[str, Any] = {"ok": False, "error_code": refused.code, "description": refused.description}
    if refused.parameters:
        answer["parameters"] = refused.parameters
    return web.json_response(answer, status=refused.code)


def _cut(request: web.Request) -> None:
    assert request.transport is not None
    request.transport.abort()
