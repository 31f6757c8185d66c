"""Reading a list of short facts ("left calf, 3 wks, vegan"): each part also by itself, where nothing else dates it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from bot.phrases import pieces
from bot.reading import Reading

Item = TypeVar("Item")


def read_lists(read: Callable[[str], Reading], text: str) -> Reading:
    """The reading of the text, with the durations and exposures that only a part by itself shows."""
    whole = read(text)
    for piece in pieces(text):
        start = text.find(piece)
        part = read(piece)
        whole = replace(
            whole,
            durations=_with(whole.durations, part.durations, start),
            exposures=_with(whole.exposures, part.exposures, start),
        )
    return whole


def _with(known: tuple[Item, ...], more: tuple[Any, ...], start: int) -> tuple[Item, ...]:
    """``more``, shifted by ``start``, beside ``known`` where its words are not read already."""
    moved = [replace(item, start=item.start + start, end=item.end + start) for item in more if item.span]
    taken = [(item.start, item.end) for item in known]  # type: ignore[attr-defined]
    free = [item for item in moved if not any(item.start < end and begin < item.end for begin, end in taken)]
    return (*known, *free)
