"""How much one person may send: a bucket of tokens each, refilled at a steady rate."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

# One message a second, as a person types. The burst is ten: a whole intake (a first message, six
# questions, a few more) pasted or played by a program passes, a flood does not.
MESSAGES_PER_SECOND = 1.0
MESSAGE_BURST = 10
# The sum of all people's new conversations; one without a message takes no space.
SESSIONS_PER_SECOND = 10.0
SESSION_BURST = 300
# For each address: 30 new conversations a minute, and as many requests as a clinic's waiting room behind one address
# sends. An address is kept in memory only, and not at all once its bucket is dropped.
ADDRESS_SESSIONS_PER_SECOND = 0.5
ADDRESS_SESSION_BURST = 30
ADDRESS_REQUESTS_PER_SECOND = 20.0
ADDRESS_REQUEST_BURST = 200
MAX_BUCKETS = 10_000  # memory bound; full buckets are dropped first


@dataclass
class Buckets:
    """One bucket for each name, made full."""

    rate: float
    burst: int
    now: Callable[[], float] = time.monotonic
    _levels: dict[str, tuple[float, float]] = field(default_factory=dict, init=False)

    def wait(self, name: str) -> int:
        """Take one token; 0 if there was one, else whole seconds until the next."""
        now = self.now()
        level = self._level(name, now)
        if level < 1:
            return max(1, math.ceil((1 - level) / self.rate))
        self._levels[name] = (level - 1, now)
        if len(self._levels) > MAX_BUCKETS:
            self._drop_full(now)
        return 0

    def forget(self, name: str) -> None:
        """Drop a bucket."""
        self._levels.pop(name, None)

    def _level(self, name: str, now: float) -> float:
        level, since = self._levels.get(name, (float(self.burst), now))
        return min(float(self.burst), level + (now - since) * self.rate)

    def _drop_full(self, now: float) -> None:
        full = [name for name in self._levels if self._level(name, now) >= self.burst]
        for name in full or list(self._levels)[: len(self._levels) // 2]:
            del self._levels[name]
