"""Standing phrases of a talk (``phrases.yml``): undoing, putting right, saying that help is there. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FEWEST_PIECES, MOST_WORDS = 2, 4  # "left calf, 3 wks, vegan, nights" is a list; a sentence with a comma is none
FILE = Path(__file__).with_name("phrases.yml")


@cache
def phrases() -> Mapping[str, Any]:
    """The contents of ``phrases.yml``."""
    return dict(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def plain(text: str) -> str:
    """Lower case, without apostrophes and punctuation, one space between words."""
    return " ".join(re.sub(r"[\W_]+", " ", re.sub(r"['’`]", "", text.casefold())).split())


def is_whole(text: str, kind: str) -> bool:
    """Whether the whole text is one of the phrases of that kind."""
    return plain(text) in {plain(phrase) for phrase in phrases()[kind]}


def found(text: str, kind: str) -> str | None:
    """The first phrase of that kind in the text, between word boundaries; None without one."""
    said = f" {plain(text)} "
    return next((phrase for phrase in phrases()[kind] if f" {plain(phrase)} " in said), None)


def pieces(text: str) -> tuple[str, ...]:
    """The parts of a list of short answers; () for a text that is none."""
    parts = [part for part in re.split(r"[,;/\n+]|\band\b", text) if part.strip()]
    short = all(len(part.split()) <= MOST_WORDS for part in parts)
    return tuple(part.strip() for part in parts) if short and len(parts) >= FEWEST_PIECES else ()


def short_parts(text: str) -> tuple[str, ...]:
    """The short parts between commas and full stops: "my legs ache, two months" has one."""
    parts = [part.strip() for part in re.split(r"[,;.!\n]", text)]
    return tuple(part for part in parts if part and len(part.split()) <= MOST_WORDS) if len(parts) > 1 else ()


def bare(part: str) -> str:
    """A part without the small words before what it names: "for about two months" is "two months"."""
    words = plain(part).split()
    while len(words) > 1 and words[0] in phrases()["list_fillers"]:
        words = words[1:]
    return " ".join(words)
