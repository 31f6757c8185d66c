"""How a turn's answer and the gate's urgent message become one."""

from __future__ import annotations

from typing import Any

URGENT_LEVELS = (
    "L0",
    "L1",
    "L2",
    "L3",
)  # most urgent first; L4 and L5 do not interrupt a talk

Message = dict[str, Any]


def with_urgent_first(said: list[Message], urgent: Message | None) -> list[Message]:
    """One urgent answer, never none and never two, and first.

    The turn's own is kept if it is at least as urgent as the gate's (it knows the whole talk); else the gate's stands
    alone, since nothing about vitamin D may share a turn with it.
    """
    if urgent is None:
        return said
    flagged = [message for message in said if _level(message)]
    own = min(flagged, key=_level, default=None)
    if own is None or not own.get("text") or _level(own) > _level(urgent):
        return [urgent]
    return [own, *(message for message in said if message not in flagged)]


def without_repeating(said: Message | None, answer: list[Message]) -> list[Message]:
    """The answer without urgent messages that say no more than the one that was ``said`` before."""
    if said is None:
        return answer
    return [message for message in answer if not _level(message) or _level(message) < _level(said)]


def _level(message: Message) -> str:
    custom = message.get("custom") or {}
    return str(custom.get("level", "")) if custom.get("type") == "red_flag" else ""
