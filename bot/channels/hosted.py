"""Rasa's end of a messaging platform: what all of them do at the start and the end of the server, and with a request.

A platform's own file brings a `Platform`, checks who sends, and turns a request into an `Incoming`.
"""

from __future__ import annotations

import asyncio
import logging
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import aiohttp
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Sanic
from sanic.response import HTTPResponse

from bot import logs, privacy
from bot.channels.conversation import Deadlines
from bot.channels.core import Core, keep_purging
from bot.channels.events import Incoming
from bot.channels.gate import urgent_message
from bot.channels.messenger import Messenger
from bot.channels.platform import Platform, UndeliveredError
from bot.channels.site import Site, error
from bot.stores.letters import Letters

logger = logging.getLogger(__name__)


class HostedChannel(InputChannel):
    """A channel on top of `Messenger`. ``messenger`` is None until the server has started."""

    messenger: Messenger | None = None

    @abstractmethod
    def platform(self, session: aiohttp.ClientSession) -> Platform:
        """The platform, whose calls go through ``session``."""

    @abstractmethod
    def add_routes(self, site: Site) -> None:
        """Where the platform's requests come in."""

    async def open(self) -> None:
        """What has to run besides, now that ``messenger`` is there."""

    async def close(self) -> None:
        """End that again."""

    async def take(self, incomings: Sequence[Incoming], done: HTTPResponse) -> HTTPResponse:
        """Take events on, in order: ``done`` afterwards, 503 if they have to be brought again."""
        try:
            if self.messenger is None:
                raise UndeliveredError
            for incoming in incomings:
                await self.messenger.accept(incoming)
        except UndeliveredError:
            return error(503, "not_saved")
        return done

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Site:
        """The routes, and what has to happen when the server starts and stops."""
        site = Site(f"{self.name()}_channel")

        @site.listener("before_server_start")
        async def load_word_lists(_app: Sanic, _loop: Any) -> None:
            urgent_message("")  # seconds, once: not to be paid by the first person

        @site.listener("after_server_start")
        async def start(app: Sanic, _loop: Any) -> None:
            site.watch(app.ctx.agent)
            privacy.withhold()
            logs.take_over()
            self._session = aiohttp.ClientSession()
            core = Core.connect(app.ctx.agent, on_new_message, self.name(), Deadlines())
            keep_purging(app, core.store)
            messenger = Messenger(self.platform(self._session), core, Letters(core.store.database))
            messenger.start()
            self.messenger = messenger
            await self.open()

        @site.listener("before_server_stop")
        async def stop(_app: Sanic, _loop: Any) -> None:
            messenger, self.messenger = self.messenger, None
            await self.close()
            if messenger is not None:
                await messenger.close()
                await self._session.close()

        self.add_routes(site)
        return site


def in_background(tasks: set[asyncio.Task[Any]], work: Awaitable[Any]) -> None:
    """Start what is nice to have: nobody waits for it, and its failure is no more than a log line."""

    async def careful() -> None:
        try:
            await work
        except Exception as error:
            logger.info("not done: %s", type(error).__name__)

    task = asyncio.get_running_loop().create_task(careful())
    tasks.add(task)
    task.add_done_callback(tasks.discard)
