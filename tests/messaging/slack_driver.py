"""People on Slack, through the stand-in: typed messages, buttons, boxes that are ticked before "Done"."""

from __future__ import annotations

import html
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bot.channels.posts import Post
from bot.channels.slack_blocks import render
from tests.channels.standins import slack as standin
from tests.messaging.delivering import deliver

WEBHOOK = "/webhooks/slack/webhook"
FORM = "application/x-www-form-urlencoded"
DONE = "Done"


class OnSlack:
    """See `tests.messaging.drivers.Driver`; an event is a request's body."""

    name = "slack"

    def __init__(self, server: standin.Slack) -> None:
        self.standin = server
        self.environment = {
            "SLACK_SIGNING_SECRET": standin.SECRET, "SLACK_BOT_TOKEN": standin.TOKEN, "SLACK_API": server.api,
        }  # fmt: skip
        self._numbers = itertools.count(5_000)
        self._ticked: dict[str, list[str]] = {}

    def person(self) -> str:
        return f"U{next(self._numbers)}"

    def id_of(self, person: str) -> str:
        return f"T1:{person}"

    def writes(self, person: str, text: str) -> bytes:
        return standin.message_event(html.escape(text, quote=False), event_id=f"Ev{next(self._numbers)}", user=person)

    def presses(self, person: str, title: str) -> bytes:
        """A tick changes nothing at the bot; "Done" brings all of them."""
        shown = [message for message in self.standin.shown(f"D{person}") if title in titles_of(message)]
        assert shown, f"no {title!r} is shown"
        message, at = shown[-1], f"1700000000.{next(self._numbers)}"
        ticked = self._ticked.setdefault(message["ts"], [])
        if title != DONE and DONE in titles_of(message):
            ticked.append(title)
            return standin.tick(message, ticked, user=person, at=at)
        return standin.press(message, ticked or [title], user=person, at=at)

    def offered(self, person: str) -> list[str]:
        return [title for message in self.standin.shown(f"D{person}") for title in titles_of(message)]

    def deliver(self, url: str, event: bytes) -> None:
        kind = FORM if event.startswith(b"payload=") else "application/json"
        deliver(url + WEBHOOK, event, lambda: {"Content-Type": kind, **standin.signed(event)})

    def texts(self, person: str) -> list[str]:
        return [html.unescape(message["text"]) for message in self.standin.shown(f"D{person}")]

    def render(self, messages: list[dict[str, Any]]) -> list[Post]:
        return render(messages)


def titles_of(message: dict[str, Any]) -> list[str]:
    """What can be pressed or ticked in a message."""
    elements = [element for block in message["blocks"] for element in block.get("elements", ()) if "type" in element]
    boxes = [option for element in elements for option in element.get("options", ())]
    return [each["text"]["text"] for each in [*boxes, *(each for each in elements if each["type"] == "button")]]


@contextmanager
def on_slack() -> Iterator[OnSlack]:
    with standin.Slack() as server:
        yield OnSlack(server)
