"""Memory of the processes that this one has started."""

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


def _total(of: Callable[[Any], int]) -> float:
    return sum(of(one) for one in psutil.Process().children(recursive=True)) / MEGABYTE
