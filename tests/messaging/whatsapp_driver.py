"""People on WhatsApp, through the stand-ins for Twilio and Meta: they type the numbers of the lists they are shown."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bot.channels.posts import Post
from bot.channels.whatsapp import META, TWILIO, WhatsApp
from tests.channels.standins import meta, twilio
from tests.messaging.delivering import deliver

CHOICE = re.compile(r"^(\d+)\) (.+)$", re.MULTILINE)


class _OnWhatsApp:
    """What both providers share; see `tests.messaging.drivers.Driver`."""

    name: str
    longest_text: int
    standin: Any

    def __init__(self) -> None:
        self._numbers = itertools.count(491_700_005_000)

    def id_of(self, person: str) -> str:
        return person

    def presses(self, person: str, title: str) -> Any:
        choices = {name: number for text in self.texts(person)[-3:] for number, name in CHOICE.findall(text)}
        return self.writes(person, choices[title])

    def offered(self, person: str) -> list[str]:
        """The last list; those before it count no more."""
        lists = [CHOICE.findall(text) for text in self.texts(person)]
        shown = [each for each in lists if each]
        return [title for _, title in shown[-1]] if shown else []

    def texts(self, person: str) -> list[str]:
        return list(self.standin.shown(person))

    def render(self, messages: list[dict[str, Any]]) -> list[Post]:
        return WhatsApp(self.name, self).render(messages)  # type: ignore[arg-type]


class OnTwilio(_OnWhatsApp):
    """An event is the fields of a request."""

    name, longest_text = TWILIO, twilio.LONGEST_BODY

    def __init__(self, server: twilio.Twilio) -> None:
        super().__init__()
        self.standin = server
        self.environment = {
            "TWILIO_ACCOUNT_SID": twilio.ACCOUNT, "TWILIO_AUTH_TOKEN": twilio.TOKEN,
            "TWILIO_WHATSAPP_NUMBER": twilio.NUMBER, "BOT_PUBLIC_URL": twilio.PUBLIC_URL, "TWILIO_API": server.url,
        }  # fmt: skip

    def person(self) -> str:
        return f"whatsapp:+{next(self._numbers)}"

    def writes(self, person: str, text: str) -> dict[str, str]:
        return twilio.fields(text, event_id=f"SM{next(self._numbers)}", sender=person)

    def deliver(self, url: str, event: dict[str, str]) -> None:
        deliver(f"{url}/webhooks/{TWILIO}/webhook", twilio.body(event), lambda: twilio.signed(event))


class OnMeta(_OnWhatsApp):
    """An event is a request's body."""

    name, longest_text = META, meta.LONGEST_BODY

    def __init__(self, server: meta.Meta) -> None:
        super().__init__()
        self.standin = server
        self.environment = {
            "WHATSAPP_APP_SECRET": meta.SECRET, "WHATSAPP_TOKEN": meta.TOKEN, "WHATSAPP_VERIFY_TOKEN": meta.VERIFY,
            "WHATSAPP_NUMBER_ID": meta.NUMBER_ID, "WHATSAPP_API": server.api,
        }  # fmt: skip

    def person(self) -> str:
        return str(next(self._numbers))

    def writes(self, person: str, text: str) -> bytes:
        return meta.messages(text, event_id=str(next(self._numbers)), sender=person)

    def deliver(self, url: str, event: bytes) -> None:
        deliver(f"{url}/webhooks/{META}/webhook", event, lambda: meta.signed(event))


@contextmanager
def on_twilio() -> Iterator[OnTwilio]:
    with twilio.Twilio() as server:
        yield OnTwilio(server)


@contextmanager
def on_meta() -> Iterator[OnMeta]:
    with meta.Meta() as server:
        yield OnMeta(server)
