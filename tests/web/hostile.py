"""Texts that try to be more than text, in every field of every payload."""

from __future__ import annotations

from typing import Any

from scripts import CARD, HOW_LONG, chip

TEXTS = [
    "<script>window.hacked = 1</script>",
    "<img src=x onerror='window.hacked = 1'>",
    "<svg/onload=window.hacked=1>",
    "[a link](javascript:window.hacked=1) **bold** `code`",
    "javascript:window.hacked=1",
    "\u202egnp.exe\u2066 right to left \u2069",
    "x" * 2000,
    "{{constructor.constructor('window.hacked=1')()}} ${window.hacked=1} {place}",
    "\"' onmouseover='window.hacked=1' a=\"",
]
# Without these nothing would be shown; a level is tried apart.
KEPT = ("type", "kind", "slot", "level", "status", "side")
NOTED = [chip("a", place="b", body=["calf"], duration="c"), chip("d", "exposure")]
EVERYTHING: list[dict[str, Any]] = [
    {"text": "t", "buttons": [{"title": "t", "payload": "p"}], "custom": {"type": "noted", "noted": NOTED}},
    {"text": "t", "custom": {"type": "red_flag", "level": "L1", "rule": "r"}},
    {"text": "t", "custom": {"type": "red_flag", "level": "<b>", "rule": "r"}},
    {"text": "t", "custom": {"type": "assessment", "card": CARD, "noted": NOTED}},
    {"text": "t", "custom": {"type": "summary", "text": "s", "fhir": {"x": "y"}}},
    {"text": "t", "custom": {"type": "nobody knows", "x": "y"}},
    HOW_LONG,
]


def answers(text: str) -> list[dict[str, Any]]:
    """A turn of every kind of message with ``text`` in every field."""
    turn: list[dict[str, Any]] = _filled(EVERYTHING, text)
    turn[2]["custom"]["level"] = text
    return turn


def summary(text: str) -> dict[str, Any]:
    """The doctor's summary, made of ``text``."""
    return {"type": "summary", "text": text, "fhir": {"a": text}}


def _filled(shape: Any, text: str) -> Any:
    if isinstance(shape, dict):
        return {key: value if key in KEPT else _filled(value, text) for key, value in shape.items()}
    if isinstance(shape, list):
        return [_filled(item, text) for item in shape]
    return text if isinstance(shape, str) else shape
