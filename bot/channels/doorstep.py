"""Before somebody agrees that their words are kept: all of it in memory, nothing in the database, no log line.

The first message is answered right after "I agree". An emergency is answered at once, agreed or not. After a restart
the message is gone, and the person is asked to send it again.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from weakref import WeakValueDictionary

from bot.channels.cleaning import clean
from bot.channels.events import AGREE, DECLINE, DELETE, EDITED, HELP, START, STOP, Incoming
from bot.channels.offers import Offer
from bot.channels.platform import Courier, says
from bot.channels.posts import CLOSE, TEXT, Post
from bot.channels.texts import listed
from bot.channels.texts import text as words
from bot.channels.urgent import Message

CONSENT_VERSION = 1  # to be raised with every change of `messaging.consent` in texts.yml: people are asked anew
OFFER_ID = f"consent{CONSENT_VERSION}"
MOST_HELD = 10  # messages of one person
MOST_GUESTS = 10_000  # people; the longest silent are forgotten first
EVENTS_KNOWN = 50  # of one person, so that a repeated delivery is not answered twice


@dataclass
class Guest:
    """Somebody who has not agreed yet. ``card``: the platform's id of the privacy text they were shown last."""

    held: list[Incoming] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    shown: bool = False
    card: str = ""


class Doorstep:
    """Meets people before they agree."""

    def __init__(
        self,
        courier: Courier,
        gate: Callable[[str], Message | None],
        has_agreed: Callable[[str], Awaitable[bool]],
        agreed: Callable[[str, Sequence[Incoming]], Awaitable[None]],
    ) -> None:
        """``has_agreed(conversation)`` asks whether there is consent.

        ``agreed(conversation, events)`` writes it down, with the events that wait for their answer.
        """
        self._courier = courier
        self._platform = courier.platform
        self._gate = gate
        self._has_agreed = has_agreed
        self._agreed = agreed
        self._guests: OrderedDict[str, Guest] = OrderedDict()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def meet(self, conversation: str, incoming: Incoming) -> bool:
        """Answer one event; False if the person has agreed by now, so that it is not for here.

        UndeliveredError or GoneError if the answer could not be sent; a store's error on agreement.
        """
        async with self._locks.setdefault(conversation, asyncio.Lock()):
            if await self._has_agreed(conversation):
                return False
            guest = self._guest(conversation)
            if incoming.event_id not in guest.events:
                await self._answer(conversation, guest, incoming)
                guest.events = [*guest.events, incoming.event_id][-EVENTS_KNOWN:]
            return True

    def forget(self, conversation: str) -> None:
        """Keep nothing of a person."""
        self._guests.pop(conversation, None)

    async def _answer(self, conversation: str, guest: Guest, incoming: Incoming) -> None:
        text = clean(incoming.text)
        urgent = self._gate(text) if text else None
        if urgent is not None:
            await self._send(incoming, *self._platform.render([urgent]))
        wish = "" if urgent else self._wish(guest, incoming, text)
        if wish == AGREE:
            await self._agree(conversation, guest, incoming)
        elif wish == DECLINE:
            await self._send(incoming, *self._closing(guest, incoming), self._says("declined"))
            self.forget(conversation)
        elif wish in (DELETE, STOP):
            await self._send(incoming, self._says("nothing_kept"))
            self.forget(conversation)
        else:
            await self._ask(guest, incoming, text, wish)

    def _wish(self, guest: Guest, incoming: Incoming, text: str) -> str:
        if incoming.pressed:
            return {f"{OFFER_ID}.0": AGREE, f"{OFFER_ID}.1": DECLINE}.get(incoming.pressed[0], "")
        if incoming.command:
            return incoming.command
        if guest.shown:  # "yes" and "1" mean nothing to somebody who was not asked
            return next((wish for wish in (AGREE, DECLINE) if says_just(text, wish)), "") or wish_of(text)
        return wish_of(text)

    async def _agree(self, conversation: str, guest: Guest, incoming: Incoming) -> None:
        consent = replace(incoming, command=AGREE, text="", pressed=())
        await self._agreed(conversation, [consent, *guest.held])
        closing = self._closing(guest, incoming)
        self.forget(conversation)
        await self._send(incoming, *closing)

    async def _ask(self, guest: Guest, incoming: Incoming, text: str, wish: str) -> None:
        """Show the privacy text, and keep in mind what was said."""
        if wish == HELP:
            await self._send(incoming, self._says("help"))
        elif incoming.unread and not text:
            await self._send(incoming, self._says("only_words"))
        elif text and wish != START and incoming.unread != EDITED:
            guest.held = [*guest.held, incoming][-MOST_HELD:]
        again = guest.shown and bool(guest.held)
        (*before, card) = self._platform.render([self._card("consent_again" if again else "consent")])
        offer = Offer(OFFER_ID, ((words("messaging.agree"), AGREE), (words("messaging.decline"), DECLINE)))
        former = [Post(CLOSE, message=guest.card)] if guest.card else []
        guest.shown = True
        await self._send(incoming, *former, *before)
        guest.card = await self._courier.send(incoming.address, replace(card, offer=offer))

    def _card(self, name: str) -> Message:
        titles = (words("messaging.agree"), words("messaging.decline"))
        return {"text": says(self._platform, name), "buttons": [{"title": t, "payload": t} for t in titles]}

    def _closing(self, guest: Guest, incoming: Incoming) -> list[Post]:
        message = incoming.message or guest.card
        return [Post(CLOSE, message=message)] if message else []

    def _says(self, name: str) -> Post:
        return Post(TEXT, says(self._platform, name))

    async def _send(self, incoming: Incoming, *posts: Post) -> None:
        for post in posts:
            await self._courier.send(incoming.address, post)

    def _guest(self, conversation: str) -> Guest:
        guest = self._guests.setdefault(conversation, Guest())
        self._guests.move_to_end(conversation)
        if len(self._guests) > MOST_GUESTS:
            self._guests.popitem(last=False)
        return guest


def says_just(text: str, name: str) -> bool:
    """Whether the text is nothing but one of the words listed under this name."""
    return " ".join(text.casefold().split()).strip(" .!") in listed(f"messaging.words.{name}")


def wish_of(text: str) -> str:
    """The wish that a whole text stands for on every platform; "" if it is just a text."""
    return DELETE if says_just(text, DELETE) else ""
