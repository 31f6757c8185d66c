"""Whether this process can do its work now: keep a message, hold a conversation, act, understand.

Each part is tried for real, within a time limit: a part that hangs is told as slow and not tried again until it has
come back, so that asking can neither hang nor pile up.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin

import aiohttp
from rasa.core.agent import Agent

from bot.channels import metrics
from bot.channels.core import strict_store

logger = logging.getLogger(__name__)

OK, FAILED, SLOW = "ok", "failed", "slow"
LIMIT_S = 2.0  # as long as SQL may take
FRESH_S = 1.0  # asked more often, the last answer is given again: /ready is no means to load the database
PROBE = "ready"  # a name that no conversation has

Check = Callable[[], Awaitable[object]]


@dataclass
class Readiness:
    """``checks`` raise when their part does not work; ``look`` says how each part is: ok, failed or slow."""

    checks: Mapping[str, Check]
    limit: float = LIMIT_S
    fresh: float = FRESH_S
    now: Callable[[], float] = time.monotonic
    _running: dict[str, asyncio.Task[object]] = field(default_factory=dict, init=False)
    _last: tuple[float, dict[str, str]] | None = field(default=None, init=False)

    async def look(self) -> dict[str, str]:
        """The state of each part by name, at most ``fresh`` seconds old, within ``limit`` seconds."""
        if self._last is None or self.now() - self._last[0] > self.fresh:
            states = await asyncio.gather(*(self._state(name) for name in self.checks))
            parts = dict(zip(self.checks, states, strict=True))
            for name, state in parts.items():
                metrics.READY.labels(name).set(state == OK)
            self._last = self.now(), parts
        return self._last[1]

    async def _state(self, name: str) -> str:
        task = self._running.get(name)
        if task is None:
            task = asyncio.ensure_future(self.checks[name]())
            self._running[name] = task
            task.add_done_callback(lambda _: self._running.pop(name))
        done, _ = await asyncio.wait({task}, timeout=self.limit)
        if not done:
            return SLOW
        if task.cancelled() or task.exception() is not None:
            logger.warning("not ready: %s: %s", name, type(None if task.cancelled() else task.exception()).__name__)
            return FAILED
        return OK


def readiness_of(agent: Agent) -> Readiness:
    """The checks of a running Rasa server."""

    async def store() -> None:
        await strict_store(agent).check()

    async def lock() -> None:
        name = f"{PROBE}-{os.getpid()}"
        async with agent.lock_store.lock(name):
            pass

    async def actions() -> None:
        address = urljoin(agent.action_endpoint.url, "/health")
        timeout = aiohttp.ClientTimeout(total=LIMIT_S)
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(address) as response:
            response.raise_for_status()

    async def model() -> None:
        if not agent.is_ready():
            raise RuntimeError("no model")

    return Readiness({"store": store, "lock": lock, "actions": actions, "model": model})
