"""People on messaging platforms, each platform through its stand-in: what the tests here are told apart by.

A new platform is one more class with these methods, named in `DRIVERS`; every test of this folder then holds for it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

from bot.channels.posts import Post
from bot.channels.telegram import Telegram
from bot.channels.whatsapp import META, TWILIO
from tests.channels.telegram_standin import BotApiStandIn, deliver
from tests.messaging.slack_driver import on_slack
from tests.messaging.whatsapp_driver import on_meta, on_twilio

Event = Any  # what the platform would bring to the bot


class Driver(Protocol):
    """One platform. A person is whatever the driver makes of it; ``id_of`` is what the platform calls them."""

    name: str
    environment: dict[str, str]  # what the bot's process needs

    def person(self) -> Any: ...
    def id_of(self, person: Any) -> str: ...
    def writes(self, person: Any, text: str) -> Event: ...
    def presses(self, person: Any, title: str) -> Event: ...
    def offered(self, person: Any) -> list[str]: ...
    def deliver(self, url: str, event: Event) -> None: ...
    def texts(self, person: Any) -> list[str]: ...
    def render(self, messages: list[dict[str, Any]]) -> list[Post]: ...


class OnTelegram:
    """Telegram, by webhook."""

    name = "telegram"

    def __init__(self, standin: BotApiStandIn) -> None:
        self.standin = standin
        self.environment = standin.environment
        self._chats = itertools.count(5_000)

    def person(self) -> int:
        return next(self._chats)

    def id_of(self, person: int) -> str:
        return str(person)

    def writes(self, person: int, text: str) -> Event:
        return self.standin.writes(person, text)

    def presses(self, person: int, title: str) -> Event:
        return self.standin.presses(person, title)

    def offered(self, person: int) -> list[str]:
        rows = itertools.chain.from_iterable(message.keyboard for message in self.standin.sent_to(person))
        return [text.lstrip("☐☑ ") for text, _ in itertools.chain.from_iterable(rows)]

    def deliver(self, url: str, event: Event) -> None:
        deliver(url, event)

    def texts(self, person: int) -> list[str]:
        return self.standin.texts_to(person)

    def render(self, messages: list[dict[str, Any]]) -> list[Post]:
        return Telegram.render(Telegram, messages)  # type: ignore[arg-type]


@contextmanager
def on_telegram() -> Iterator[Driver]:
    with BotApiStandIn() as standin:
        yield OnTelegram(standin)


DRIVERS: dict[str, Callable[[], AbstractContextManager[Driver]]] = {
    "telegram": on_telegram,
    "slack": on_slack,
    TWILIO: on_twilio,
    META: on_meta,
}
