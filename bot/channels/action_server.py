"""Calls to the action server that cannot outlast the channel, whatever comes back.

Rasa waits 300 s for an action and handles only some kinds of failure: HTML where JSON is expected, a 400 that is not
the SDK's or an answer cut short lose the whole turn. Here each call has a limit, so has the sum of a turn's calls,
and every failure becomes the one that Rasa handles everywhere: the action did nothing.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import aiohttp
from rasa.core.agent import Agent
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

CALL_S = 3.0  # page 12 > proxy 10 > channel 8 > a turn's actions 6 > one action 3 > SQL 2
TURN_S = 6.0
_turn_ends: ContextVar[float] = ContextVar("turn_ends")


class ActionServerError(aiohttp.ClientConnectionError):
    """The action server gave no answer that is one; says what was wrong, never what was sent."""


class ActionServer(EndpointConfig):
    """Rasa's endpoint of the action server, with limits."""

    def __init__(self, *args: Any, call_s: float = CALL_S, now: Callable[[], float] = time.monotonic, **kwargs: Any):
        """As ``action_endpoint`` in ``endpoints.yml``; ``call_s`` is the limit of one call in seconds."""
        super().__init__(*args, **kwargs)
        self.call_s, self._now = call_s, now

    async def request(self, *args: Any, timeout: float = CALL_S, **kwargs: Any) -> Any:
        """The action's answer; ActionServerError if there is none in time.

        ``timeout`` is what Rasa asks for, and longer than a person waits.
        """
        seconds = min(timeout, self.call_s, _turn_ends.get(self._now() + self.call_s) - self._now())
        if seconds <= 0:
            raise ActionServerError("no time is left in this turn")
        try:
            answer = await super().request(*args, timeout=seconds, **kwargs)
        except asyncio.TimeoutError:
            raise ActionServerError(f"no answer within {seconds:.1f} s") from None
        except ClientResponseError as refused:
            if refused.status == 400 and _is_rejection(refused.text):
                raise
            raise ActionServerError(f"status {refused.status}") from None
        except (aiohttp.ClientError, ValueError) as broken:  # no connection, cut short, not JSON
            raise ActionServerError(type(broken).__name__) from None
        if not isinstance(answer, dict) or not isinstance(answer.get("events"), list):
            raise ActionServerError("not the answer of an action")
        return answer


def begin_turn(seconds: float = TURN_S) -> None:
    """From now on the calls that this task makes have so many seconds together."""
    _turn_ends.set(time.monotonic() + seconds)


def limit_actions(agent: Agent) -> None:
    """Let ``agent`` call its action server with limits; it has to be called when the agent is loaded."""
    given = agent.action_endpoint
    if given is None or isinstance(given, ActionServer):
        return
    limited = ActionServer(
        given.url, given.params, given.headers, given.basic_auth, given.token, given.token_name, given.cafile,
        **given.kwargs,
    )  # fmt: skip
    agent.action_endpoint = limited
    if agent.processor is not None:
        agent.processor.action_endpoint = limited


def _is_rejection(text: Any) -> bool:
    """Whether a 400 is the SDK's own: an action that rejects its execution."""
    try:
        return "action_name" in json.loads(text)
    except (ValueError, TypeError):
        return False
