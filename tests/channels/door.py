"""Channels behind a real HTTP server, without Rasa: who is let in, and what they leave behind."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Sequence
from typing import Any

import sqlalchemy as sa
import urllib3
from sanic import Sanic

from bot.channels.hosted import HostedChannel
from bot.stores.lock_store import ConversationLocks
from bot.stores.tracker_store import StrictTrackerStore
from tools.servers import free_ports

WAIT_S = 60


class Door:
    """Some channels at ``url``, in a thread of their own; a context manager. ``said``: what was answered last.

    Sanic bears one such server a process, so all channels are behind one door (the fixture ``platforms``).
    """

    def __init__(self, channels: Sequence[HostedChannel], store: StrictTrackerStore) -> None:
        self._channels, self._store = channels, store
        self._pool = urllib3.PoolManager()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.said = ""

    def __enter__(self) -> Door:
        self._thread.start()
        self._server = self._do(self._start())
        self.url = f"http://127.0.0.1:{self._server.server.sockets[0].getsockname()[1]}"
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def knock(self, path: str, body: bytes, headers: dict[str, str], *, method: str = "POST") -> int:
        """The status of one request."""
        response = self._pool.request(method, self.url + path, body=body, headers=headers, retries=False)
        self.said = response.data.decode()
        return int(response.status)

    def rows(self) -> int:
        """Everything kept."""
        engine = self._store.database.engine
        with engine.connect() as connection:
            tables = sa.inspect(engine).get_table_names()
            return sum(connection.execute(sa.text(f"select count(*) from {name}")).scalar() for name in tables)

    def _do(self, work: Awaitable[Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(WAIT_S)

    async def _start(self) -> Any:
        app = Sanic("door", configure_logging=False)
        app.ctx.agent, app.ctx.purging = NoAgent(self._store), None
        for channel in self._channels:
            app.blueprint(channel.blueprint(_no_turn), url_prefix=f"/webhooks/{channel.name()}")
        server = await app.create_server("127.0.0.1", free_ports(1)[0], return_asyncio_server=True, access_log=False)
        await server.startup()
        await server.before_start()
        await server.after_start()
        return server

    async def _stop(self) -> None:
        await self._server.before_stop()
        self._server.server.close()


class NoAgent:
    """As far as a channel needs one: a store, and no model."""

    processor = action_endpoint = None

    def __init__(self, store: StrictTrackerStore) -> None:
        self.tracker_store = store
        self.lock_store = ConversationLocks(kept_in=store.database)

    def is_ready(self) -> bool:
        return False


async def _no_turn(_message: Any) -> None:
    raise RuntimeError("no model")
