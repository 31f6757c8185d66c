"""Memory and processor time of the processes that this one has started."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psutil

MEGABYTE = 1e6


def resident_mb() -> float:
    """Resident memory of the assistant that runs, all its processes; pages they share count for each."""
    return _total(lambda process: process.memory_info().rss)


def proportional_mb() -> float | None:
    """The same with shared pages divided among those that share them; None where the system does not tell."""
    return _total(lambda process: process.memory_full_info().pss) if psutil.LINUX else None


def processor_s() -> float:
    """Seconds of processor time that the assistant has used so far, all its processes."""
    return sum(sum(one.cpu_times()[:2]) for one in _started())


def _total(of: Callable[[Any], int]) -> float:
    return sum(of(one) for one in _started()) / MEGABYTE


def _started() -> list[Any]:
    return list(psutil.Process().children(recursive=True))
