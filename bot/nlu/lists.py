"""Reading a list of short facts ("left calf, 3 wks, vegan"): each part also by itself, where the whole hides it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, TypeVar

from bot.phrases import bare, pieces, short_parts
from bot.reading import Reading

Item = TypeVar("Item")


OF_A_SYMPTOM = ("for", "since")  # kinds of durations; "two weeks ago" is none


def read_lists(read: Callable[[str], Reading], text: str) -> Reading:
    """The reading of the text, with the exposures and lengths of time that only a part by itself shows.

    Of a list each part counts; of any other text a part between commas that is nothing but a length of time.
    """
    whole = read(text)
    for part in dict.fromkeys((*pieces(text), *short_parts(text))):
        start = text.find(part)
        found = read(part)
        if part in pieces(text):
            whole = replace(whole, exposures=_with(whole.exposures, found.exposures, start))
        lengths = [item for item in found.durations if item.kind in OF_A_SYMPTOM and bare(item.span) == bare(part)]
        whole = replace(whole, durations=_with(whole.durations, lengths, start))
    return whole


def _with(known: tuple[Item, ...], more: Iterable[Any], start: int) -> tuple[Item, ...]:
    """``more``, shifted by ``start``, beside ``known`` where its words are not read already."""
    moved = [replace(item, start=item.start + start, end=item.end + start) for item in more if item.span]
    taken = [(item.start, item.end) for item in known]  # type: ignore[attr-defined]
    free = [item for item in moved if not any(item.start < end and begin < item.end for begin, end in taken)]
    return (*known, *free)
