"""People who talk to the bot while it is broken, and the journal of what they sent and what came back."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml

from bot.channels.client import ChannelError, Client

TALKS_FILE = Path(__file__).resolve().parents[2] / "tests" / "cases" / "dialogue_states.yml"
TRIES = 40
PAUSE_S = 0.5
Answer = list[dict[str, Any]]
Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass
class Sent:
    """One message: how often it was tried, what came back at last and how long the last try took (seconds)."""

    id: str
    text: str
    answer: Answer | None = None
    refused: list[ChannelError] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def acknowledged(self) -> bool:
        """Whether the bot said that it has it: an urgent answer says where it could not be stored."""
        return self.answer is not None and not any(
            (message.get("custom") or {}).get("kept") is False for message in self.answer
        )

    @property
    def told(self) -> bool:
        """Whether something was said: an answer with words, or an error with a sentence."""
        if self.answer is not None:
            return bool(self.answer) and all(message.get("text") for message in self.answer)
        return bool(self.refused) and self.refused[-1].status > 0 and bool(str(self.refused[-1]))

    @property
    def red_flag(self) -> str:
        """The level of the answer if it is urgent and that comes first, else nothing."""
        custom = (self.answer or [{}])[0].get("custom") or {}
        return str(custom.get("level", "")) if custom.get("type") == "red_flag" else ""


@dataclass
class Person:
    """One conversation; ``urls`` are the servers it may be sent to, the first unless told otherwise."""

    urls: Sequence[str]
    sent: list[Sent] = field(default_factory=list)
    token: str = ""

    def begin(self) -> Person:
        """Start the conversation, waiting where there is too much or nobody."""
        for _ in range(4 * TRIES):
            try:
                self.token = Client(self.urls[0]).start()
                return self
            except ChannelError as refused:
                time.sleep(refused.retry_after or PAUSE_S)
        raise RuntimeError("no conversation could be started")

    @property
    def conversation(self) -> str:
        """Its id in the database."""
        return self.token.split(".")[1]

    def say(self, text: str, *, tries: int = TRIES, server: int = 0, message_id: str | None = None) -> Sent:
        """Send a message, again with the same id while it is refused for now, and write it down."""
        sent = Sent(message_id or uuid.uuid4().hex, text)
        self.sent.append(sent)
        client = Client(self.urls[server], self.token)
        while sent.answer is None and len(sent.refused) < tries:
            began = time.monotonic()
            try:
                sent.answer = client.say(text, sent.id)
            except ChannelError as refused:
                if refused.status == 429:
                    time.sleep(refused.retry_after or 1)
                    continue
                sent.refused.append(refused)
                if 400 <= refused.status < 500:
                    break
                if len(sent.refused) < tries:
                    time.sleep(PAUSE_S)
            finally:
                sent.seconds = time.monotonic() - began
        return sent

    def turns(self, server: int = 0) -> list[dict[str, Any]]:
        """The conversation as its owner gets it from one of the servers."""
        return Client(self.urls[server], self.token).turns()

    def erase(self) -> None:
        """Have it erased, waiting where that cannot be done just now."""
        for _ in range(TRIES):
            try:
                Client(self.urls[0], self.token).erase()
                return
            except ChannelError:
                time.sleep(PAUSE_S)
        raise RuntimeError("a conversation could not be erased")

    def lost(self, server: int = 0) -> list[Sent]:
        """Acknowledged messages that the conversation does not hold, or not once, or not in the order of sending."""
        held = [turn["id"] for turn in self.turns(server)]
        acknowledged = [sent for sent in self.sent if sent.acknowledged]
        missing = [sent for sent in acknowledged if held.count(sent.id) != 1]
        order = [one for one in held if one in {sent.id for sent in acknowledged}]
        return missing or ([] if order == [sent.id for sent in acknowledged] else acknowledged)


def talks() -> dict[str, list[str]]:
    """Dialogue states by name: what is said to get there."""
    states: dict[str, list[str]] = yaml.safe_load(TALKS_FILE.read_text(encoding="utf-8"))
    return states


def at_once(do: Callable[[Item], Result], items: Iterable[Item], people: int) -> list[Result]:
    """``do`` each, so many at a time, in order."""
    with ThreadPoolExecutor(people) as pool:
        return list(pool.map(do, items))


class Crowd:
    """People who talk, each one talk after the other, until told to stop."""

    def __init__(self, urls: Sequence[str], count: int, seed: int, word: str = "", pause: float = 0.0) -> None:
        """``word`` stands in each message; ``pause``: seconds between two messages of one person."""
        self._urls, self._word, self._pause = urls, word, pause
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._talk, args=(random.Random(seed + n),)) for n in range(count)]
        self.people: list[Person] = []

    def __enter__(self) -> Crowd:
        """They begin."""
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """They finish what they are saying."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _talk(self, chance: random.Random) -> None:
        scripts = [texts for texts in talks().values() if texts]
        while not self._stop.is_set():
            person = Person(self._urls).begin()
            self.people.append(person)
            for text in chance.choice(scripts):
                if self._stop.is_set():
                    return
                person.say(f"{text} {self._word}".strip())
                time.sleep(self._pause)
