"""How large a measurement is: read from the environment, so that a small one proves the tool and a large one counts."""

from __future__ import annotations

import os
from dataclasses import dataclass

PREFIX = "BENCH_"
QUICK = PREFIX + "QUICK"


@dataclass(frozen=True)
class Settings:
    """Each may be set as ``BENCH_`` and its name in capitals; whole numbers, lists with commas."""

    rounds: int = 5  # A B A B ..., each with a fresh start
    talks: int = 150  # conversations held one after another for the latency of a turn
    seconds: int = 12  # for each number of users
    users: tuple[int, ...] = (1, 8, 32)
    processes: tuple[int, ...] = (1, 2)
    depths: tuple[int, ...] = (5, 25, 100, 400)  # turns of one conversation
    deep_rounds: int = 2  # rounds with that conversation, which takes stock minutes
    trainings: int = 3  # rounds of training; 0 leaves it out


QUICK_SETTINGS = Settings(
    rounds=1, talks=8, seconds=4, users=(1, 8), processes=(1, 2), depths=(5, 25), deep_rounds=1, trainings=0
)


def settings() -> Settings:
    """The sizes asked for; ValueError for one that is no number."""
    start = QUICK_SETTINGS if os.environ.get(QUICK) == "yes" else Settings()
    given = {name: os.environ.get(PREFIX + name.upper()) for name in Settings.__dataclass_fields__}
    return Settings(**{name: _read(name, text, getattr(start, name)) for name, text in given.items()})


def _read(name: str, text: str | None, default: int | tuple[int, ...]) -> int | tuple[int, ...]:
    if not text:
        return default
    try:
        return tuple(int(part) for part in text.split(",")) if isinstance(default, tuple) else int(text)
    except ValueError:
        raise ValueError(f"{PREFIX}{name.upper()}: {text!r} is no number") from None
