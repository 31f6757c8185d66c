"""Choices as a numbered list, for channels without buttons: the terminal and WhatsApp. Pure.

Numbers of the list and free words are both understood; a number that is not on the list is taken as words ("45").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

Message = dict[str, Any]

KEYCAP = re.compile("[\ufe0f\u20e3]+")  # a digit drawn as a key, as phones offer it
SHORTEST_PHONE_NUMBER = 100  # 112, 999, 911, 988
# "1", "1, 3", "1 and 3", "2.", "(2)", "#2"; not "2.5", "1/2" or "2-3", which mean something by themselves
NUMBERS = re.compile(r"[#(\[\s]*\d{1,3}(?:\s*(?:[,;&+]|\band\b|\s)\s*\d{1,3})*[\s.)\]]*", re.IGNORECASE)


class MenuError(Exception):
    """Numbers that do not go together; ``code`` names the sentence in ``texts.yml``."""

    def __init__(self, code: str, **values: str) -> None:
        """``values`` fill the sentence in."""
        super().__init__(code)
        self.code, self.values = code, values


@dataclass(frozen=True)
class Choice:
    """One line of the list."""

    number: int
    title: str
    payload: str
    multi: bool
    alone: bool  # goes with no other: none of these, not sure


@dataclass(frozen=True)
class Menu:
    """All choices of a turn, numbered on through its messages."""

    choices: tuple[Choice, ...] = ()
    asks: bool = False  # the bot wants to know something; else it offers what to say next

    @classmethod
    def of(cls, answer: Sequence[Message]) -> Menu:
        """Of a turn's messages; an empty one if nothing is offered."""
        asks = any((message.get("custom") or {}).get("type") == "question" for message in answer)
        return cls(tuple(_numbered(answer)), asks)

    @property
    def multi(self) -> bool:
        """Whether several may be named at once."""
        return any(choice.multi for choice in self.choices)

    def of_message(self, message: Message) -> tuple[Choice, ...]:
        """The lines that one message of the turn offers."""
        payloads = {button["payload"] for button in message.get("buttons") or ()}
        return tuple(choice for choice in self.choices if choice.payload in payloads)

    def meant(self, line: str) -> str:
        """What a line says: the payloads of its numbers, joined by commas, else the line as typed.

        MenuError: "choose_only_one" for several where one is asked for, "goes_alone" for a "none of these" among
        others, "no_such_number" for one that is not on the list and can hardly mean anything else.
        """
        numbers = numbers_in(line) if self.choices else []
        known = {choice.number: choice for choice in self.choices}
        if not numbers:
            return line
        if not known.keys() >= set(numbers):
            if self._may_mean_itself(numbers):
                return line
            raise MenuError("no_such_number", most=str(len(known)))
        chosen = [known[number] for number in numbers]
        if len(chosen) > 1 and not all(choice.multi for choice in chosen):
            raise MenuError("choose_only_one")
        if len(chosen) > 1 and (alone := next((choice for choice in chosen if choice.alone), None)):
            raise MenuError("goes_alone", title=alone.title)
        return ", ".join(choice.payload for choice in chosen)

    def _may_mean_itself(self, numbers: Sequence[int]) -> bool:
        """An age or a length of time where one thing is asked for, or a phone number such as 999 anywhere."""
        asked_for_one = self.asks and not self.multi
        return asked_for_one or any(number >= SHORTEST_PHONE_NUMBER for number in numbers)


def numbers_in(text: str) -> list[int]:
    """The numbers of a text that is nothing else, each once; [] for any other text."""
    plain = KEYCAP.sub(" ", text).strip()
    if not NUMBERS.fullmatch(plain):
        return []
    return list(dict.fromkeys(int(number) for number in re.findall(r"\d+", plain)))


def _numbered(answer: Iterable[Message]) -> Iterator[Choice]:
    seen: set[str] = set()
    for message in answer:
        custom = message.get("custom") or {}
        exclusive = set(custom.get("exclusive") or ())
        for button in message.get("buttons") or ():
            if button["payload"] in seen:
                continue
            seen.add(button["payload"])
            title = button["title"]
            yield Choice(len(seen), title, button["payload"], custom.get("multi") is True, title in exclusive)
