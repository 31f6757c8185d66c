"""What all stand-ins share: a server of its own thread, a record of the calls, faults on demand."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

HANG_S = 30.0  # longer than anybody waits for a call


def wait_until(true: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait for something that is bound to become true; AssertionError if it does not."""
    for _ in range(int(seconds / 0.05)):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError(f"not true after {seconds} s")


@dataclass(frozen=True)
class Call:
    """One call: its path and what was in it."""

    path: str
    content: dict[str, Any]


@dataclass
class StandIn:
    """A context manager; ``url`` is where it listens.

    ``faults`` are done to the next calls, one each: a status (429 with ``retry_after``, 500 ...), "hang" or "reset".
    """

    retry_after: str = "1"
    calls: list[Call] = field(default_factory=list)
    faults: list[int | str] = field(default_factory=list)
    port: int = 0
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop, init=False, repr=False)
    _ready: threading.Event = field(default_factory=threading.Event, init=False, repr=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def forget(self) -> None:
        """Whatever has been recorded."""
        for record in (self.calls, self.faults):
            record.clear()

    def routes(self) -> list[web.RouteDef]:
        """The API's methods."""
        raise NotImplementedError

    def busy(self) -> dict[str, Any]:
        """The body of a 429."""
        return {}

    def __enter__(self):
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._run())

    async def _run(self) -> None:
        self._stop = asyncio.Event()
        app = web.Application(middlewares=[self._faulty], client_max_size=2**22)
        app.add_routes(self.routes())
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", self.port)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        await runner.cleanup()

    @web.middleware
    async def _faulty(self, request: web.Request, handler: Any) -> web.StreamResponse:
        fault = self.faults.pop(0) if self.faults else None
        if fault is None:
            return await handler(request)
        if fault == "reset":
            request.transport.abort()
        if fault in ("reset", "hang"):
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stop.wait(), 0 if fault == "reset" else HANG_S)
            return web.Response(status=500)
        headers = {"Retry-After": self.retry_after} if fault == 429 and self.retry_after else {}
        return web.json_response(self.busy() if fault == 429 else {}, status=int(fault), headers=headers)
