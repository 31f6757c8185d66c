"""What was offered to a person last, and what a press, a number or a text means by it.

A button on a platform carries a short token instead of its payload: platforms bound its length, and a press of a
keyboard that is no longer the last one must be seen to be old.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from bot.channels.menu import numbers_in
from bot.channels.urgent import Message

DONE = "done"
TOKEN = re.compile(r"([0-9a-z]{8})\.(\d{1,3}|done)")


@dataclass(frozen=True)
class Offer:
    """Buttons ``(title, payload)``; ``multi`` if several may be chosen, ``exclusive`` titles then stand alone.

    ``chosen``: numbers (from 0) ticked so far. ``message``: the platform's id of the message that shows the buttons.
    """

    id: str
    buttons: tuple[tuple[str, str], ...]
    multi: bool = False
    exclusive: tuple[str, ...] = ()
    chosen: tuple[int, ...] = ()
    message: str = ""

    @classmethod
    def of(cls, message: Message) -> Offer | None:
        """What a bot message offers, under a new id; None without buttons."""
        buttons = tuple((button["title"], button["payload"]) for button in message.get("buttons") or ())
        custom = message.get("custom") or {}
        if not buttons:
            return None
        alone = tuple(custom.get("exclusive") or ())
        return cls(secrets.token_hex(4), buttons, multi=bool(custom.get("multi")), exclusive=alone)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Offer:
        """From what `to_dict` gave."""
        buttons = tuple((title, payload) for title, payload in data["buttons"])
        return cls(
            **{**data, "buttons": buttons, "exclusive": tuple(data["exclusive"]), "chosen": tuple(data["chosen"])}
        )

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)

    def shown_in(self, message: str) -> Offer:
        """The same, shown in this message of the platform."""
        return replace(self, message=message)

    def token(self, number: int | str) -> str:
        """What the button with this number (from 0), or ``DONE``, carries: at most 12 bytes."""
        return f"{self.id}.{number}"

    def press(self, tokens: Sequence[str]) -> Choice | None:
        """What pressing these buttons means; None if they are not of this offer."""
        numbers: list[int] = []
        done = False
        for token in tokens:
            match = TOKEN.fullmatch(token)
            if match is None or match[1] != self.id:
                return None
            if match[2] == DONE:
                done = True
            elif int(match[2]) < len(self.buttons):
                numbers.append(int(match[2]))
            else:
                return None
        if done or len(numbers) > 1:
            return self._settled([*self.chosen, *numbers] if done else numbers)
        return self._pressed(numbers[0]) if numbers else None

    def number(self, text: str) -> Choice | None:
        """What a typed "2" or "1, 3" means where choices are numbered from 1; None if it is none of them."""
        numbers = [number - 1 for number in numbers_in(text)]
        if not numbers or not all(0 <= number < len(self.buttons) for number in numbers):
            return None
        return self._settled(numbers)

    def _pressed(self, number: int) -> Choice:
        title, _ = self.buttons[number]
        if not self.multi or title in self.exclusive:
            return self._settled([number])
        chosen = set(self.chosen) ^ {number}
        return Choice(ticked=replace(self, chosen=tuple(sorted(chosen))))

    def _settled(self, numbers: Sequence[int]) -> Choice:
        """Several at once: those that stand alone give way, as the rest says more."""
        found = list(dict.fromkeys(numbers))
        several = [number for number in found if self.buttons[number][0] not in self.exclusive]
        kept = [self.buttons[number] for number in (several if several and len(found) > 1 else found)]
        return Choice(text=", ".join(payload for _, payload in kept), titles=tuple(title for title, _ in kept))


@dataclass(frozen=True)
class Choice:
    """What was chosen: ``text`` goes to the bot; or an offer that is merely ``ticked`` differently now.

    An empty ``text`` without ``ticked``: done was pressed before anything was chosen.
    """

    text: str = ""
    titles: tuple[str, ...] = field(default=())
    ticked: Offer | None = None
