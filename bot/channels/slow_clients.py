"""Closes connections whose client takes too long to send a request.

Sanic's own REQUEST_TIMEOUT starts anew with every byte, so a client that sends one now and then could hold a
connection for ever. Here the time from the connection, or from the last answer on it, to a whole request is limited.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from sanic import Sanic
from sanic.request import Request


@dataclass(frozen=True)
class Waits:
    """Seconds: for a request to arrive whole, for its answer to be made, for the next request on a connection."""

    request: float = 6.0
    response: float = 10.0  # more than the channel's 8
    keep_alive: float = 5.0

    def apply(self, app: Sanic) -> None:
        """Set Sanic's limits and add ours; before the server starts."""
        app.config.REQUEST_TIMEOUT = self.request
        app.config.RESPONSE_TIMEOUT = self.response
        app.config.KEEP_ALIVE_TIMEOUT = self.keep_alive

        async def connected(conn_info: Any) -> None:
            _arm(conn_info, self.request)

        async def arrived(request: Request) -> None:
            _disarm(request.conn_info)

        async def answered(request: Request, response: Any) -> None:
            if request.conn_info is not None:
                _arm(request.conn_info, self.keep_alive + self.request)

        app.add_signal(connected, "http.lifecycle.begin")
        app.register_middleware(arrived, "request")
        app.add_signal(answered, "http.lifecycle.response")


def _arm(connection: Any, seconds: float) -> None:
    """Close ``connection``, which the current task serves, unless it is disarmed within ``seconds``."""
    _disarm(connection)
    task = asyncio.current_task()
    assert task is not None
    connection.ctx.closing = asyncio.get_running_loop().call_later(seconds, task.cancel)


def _disarm(connection: Any) -> None:
    """Let it go on; for a request that never came Sanic makes up one without a connection."""
    closing = getattr(connection.ctx, "closing", None) if connection is not None else None
    if closing is not None:
        closing.cancel()
