"""What a messaging platform has to bring, and the patience with which posts are sent to it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.channels.posts import Post, Style
from bot.channels.texts import text as words
from bot.channels.urgent import Message

logger = logging.getLogger(__name__)

TRIES = 6
FIRST_WAIT_S = 0.5  # doubled each time: 15 s in all, about as long as a restart of the platform's proxy takes
LONGEST_WAIT_S = 60.0  # a platform that wants more is asked again later (`bot.channels.messenger.REST_S`)


class GoneError(Exception):
    """The person cannot be written to any more: has blocked the bot or left. Nothing to be done, nothing to be told."""


class RefusedPostError(Exception):
    """The platform will never take this post."""


class LaterError(Exception):
    """Not now: too many calls, or the platform is out of order. ``seconds``: when, if it said so."""

    def __init__(self, seconds: float | None = None) -> None:
        """Keep when."""
        super().__init__()
        self.seconds = seconds


class UndeliveredError(Exception):
    """All tries have failed; the post is kept and tried again later."""


class Platform(Protocol):
    """One messaging platform.

    ``name``: in addresses, pseudonyms and tables; ``title``: for people; ``commands``: how start, stop, delete and help
    are written there.
    """

    name: str
    title: str
    style: Style
    commands: Mapping[str, str]

    def render(self, messages: Sequence[Message]) -> list[Post]:
        """The bot's messages as posts; `bot.channels.posts.posts_of` unless the platform can show more."""

    async def send(self, address: str, post: Post) -> str:
        """One call, without any retry; the platform's id of the new message, "" if there is none.

        GoneError, RefusedPostError or LaterError.
        """


def says(platform: Platform, name: str) -> str:
    """A sentence under ``messaging`` in ``texts.yml``, with the platform's name and its commands."""
    return words(f"messaging.{name}", platform=platform.title, **platform.commands)


@dataclass
class Courier:
    """Sends posts, again and again if need be."""

    platform: Platform
    first_wait: float = FIRST_WAIT_S

    async def send(self, address: str, post: Post, *, tries: int = TRIES) -> str:
        """As `Platform.send`, a post that is refused for ever counts as sent; GoneError, UndeliveredError."""
        for number in range(tries):
            try:
                return await self.platform.send(address, post)
            except RefusedPostError:
                logger.warning("%s refused a %s", self.platform.name, post.kind)
                return ""
            except LaterError as later:
                wait = self.first_wait * 2**number if later.seconds is None else later.seconds
                if wait > LONGEST_WAIT_S or number + 1 == tries:
                    break
                await asyncio.sleep(wait)
        logger.warning("%s: a %s could not be sent yet", self.platform.name, post.kind)
        raise UndeliveredError
