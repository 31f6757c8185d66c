"""The channels' own sentences, by name, from ``texts.yml``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

TEXTS_FILE = Path(__file__).with_name("texts.yml")


@cache
def _texts() -> dict[str, Any]:
    texts = yaml.safe_load(TEXTS_FILE.read_text(encoding="utf-8"))
    return dict(texts)


def text(name: str, /, **values: Any) -> str:
    """The sentence at a dotted name ("errors.empty"), its placeholders filled in; KeyError if there is none."""
    found: Any = _texts()
    for part in name.split("."):
        found = found[part]
    return str(found).format(emergency=_texts()["emergency"].strip(), **values).strip()


def listed(name: str) -> frozenset[str]:
    """The wordings at a dotted name, which are parted by ``|``, in lower case."""
    return frozenset(word.strip().casefold() for word in text(name).split("|"))
