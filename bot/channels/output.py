"""Collects what Rasa says in one turn, in the contract's shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rasa.core.channels.channel import OutputChannel

Message = dict[str, Any]


def to_message(said: Mapping[str, Any]) -> Message | None:
    """Rasa's message as ``{"text", "buttons", "custom"}``, absent keys left out; None if nothing is left."""
    buttons = said.get("buttons") or said.get("quick_replies") or ()
    message = {
        "text": (said.get("text") or "").strip(),
        "buttons": [{"title": b["title"], "payload": b.get("payload", b["title"])} for b in buttons],
        "custom": said.get("custom"),
    }
    return {key: value for key, value in message.items() if value} or None


def to_messages(events: Iterable[Mapping[str, Any]]) -> list[Message]:
    """The same for the bot's events as they are stored."""
    found = (to_message({**(event.get("data") or {}), "text": event.get("text")}) for event in events)
    return [message for message in found if message is not None]


class TurnOutput(OutputChannel):
    """One bubble for each response: text, buttons and payload stay together."""

    def __init__(self) -> None:
        """Nothing said yet."""
        self.messages: list[Message] = []

    @classmethod
    def name(cls) -> str:
        """Its name in Rasa's trackers."""
        return "web"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep a message of the turn."""
        found = to_message(message)
        if found is not None:
            self.messages.append(found)
