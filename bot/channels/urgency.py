"""Urgent answers wait for nothing: not for the queue, the database or the bot.

What is sent past them is kept in mind, so that the turn's own urgent answer does not say it again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from bot.channels.events import Incoming
from bot.channels.platform import Courier, GoneError
from bot.channels.posts import TEXT
from bot.channels.urgent import Message

logger = logging.getLogger(__name__)

DUE_S = 1.2  # then an urgent answer is sent past whatever is slow: within 2 s it has to be there
Key = tuple[str, str]  # conversation, event


class Urgency:
    """Which events still need their urgent answer, and which have had one past the queue."""

    def __init__(self, courier: Courier, gate: Callable[[str], Message | None]) -> None:
        """Send through ``courier`` what ``gate`` makes of a text."""
        self._courier = courier
        self._gate = gate
        self._due: dict[Key, Message] = {}
        self._said: dict[Key, Message] = {}

    def of(self, text: str) -> Message | None:
        """The urgent answer that a text alone calls for."""
        try:
            return self._gate(text) if text else None
        except Exception as error:
            logger.error("gate failed: %s", type(error).__name__)
            return None

    def expect(self, key: Key, text: str) -> bool:
        """Whether an urgent answer is due from now on, which was not before: the caller lets `in_time` run."""
        urgent = None if key in self._due or key in self._said else self.of(text)
        if urgent is not None:
            self._due[key] = urgent
        return urgent is not None

    async def in_time(self, key: Key, incoming: Incoming) -> None:
        """Send what is still due when its time has come."""
        await asyncio.sleep(DUE_S)
        if key in self._due:
            await self.say(key, incoming, self._due[key])

    async def say(self, key: Key, incoming: Incoming, message: Message | None) -> None:
        """Send it now, once for this event; UndeliveredError if that cannot be done."""
        if message is None or key in self._said:
            return
        self._said[key] = message
        try:
            for post in self._courier.platform.render([message]):
                await self._courier.send(incoming.address, post)
        except GoneError:
            return
        except BaseException:
            del self._said[key]  # so that the turn's own answer is sent
            raise
        self.answered(key)

    def said(self, key: Key) -> Message | None:
        """What was sent past the queue."""
        return self._said.get(key)

    def has_said(self, key: Key, text: str) -> bool:
        """Whether exactly this was sent past the queue."""
        said = self._said.get(key)
        return said is not None and any(
            post.text == text for post in self._courier.platform.render([said]) if post.kind == TEXT
        )

    def answered(self, key: Key) -> None:
        """Nothing is due any more."""
        self._due.pop(key, None)

    def forget(self, key: Key) -> None:
        """The event is dealt with."""
        self._due.pop(key, None)
        self._said.pop(key, None)
