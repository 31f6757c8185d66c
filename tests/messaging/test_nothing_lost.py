"""Events brought one to five times, some at once, while the bot's process is killed: each handled once, in order.

``CHANNEL_EVENTS``, ``CHANNEL_KILLS``: how many of each; without the latter the first platform alone has one. The
process manager starts the bot again; a kill waits until it counts as started, since the manager gives a part up that
dies three times while starting.
"""

from __future__ import annotations

import os
import random
import re
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from bot.channels.posts import TEXT
from bot.channels.texts import text as words
from tests.messaging.drivers import DRIVERS

pytestmark = pytest.mark.server

EVENTS = int(os.environ.get("CHANNEL_EVENTS") or 16)
KILLS = os.environ.get("CHANNEL_KILLS")
PEOPLE = max(4, EVENTS // 20)
MOST_COPIES = 5
SECRET_NAME = re.compile("TOKEN|SECRET")
SAID = [
    "my left calf has been cramping for {n} days",
    "can low vitamin d cause hair loss? i ask for the time number {n}",
    "i slept {n} hours",
    "none of these {n}",
]


def test_each_event_is_handled_once_in_order_and_answered(platform, figure, until) -> None:
    kills = kills_of(platform)
    people = [platform.somebody() for _ in range(PEOPLE)]
    before = {person: len(platform.driver.texts(person)) for person in people}
    said: dict[Any, list[str]] = {person: ["hello"] for person in people}
    for number in range(EVENTS):
        said[people[number % PEOPLE]].append(SAID[number % len(SAID)].format(n=number + 2))
    brought = Counter()
    with ThreadPoolExecutor(PEOPLE) as pool:
        ways = [pool.submit(bring, platform, person, said[person][1:], brought) for person in people]
        for kill in range(kills):
            until(lambda k=kill: brought.value >= (k + 1) * EVENTS // (kills + 1), 900)
            if kill:
                until(lambda: is_running(platform.servers), 300)
            os.kill(platform.servers.parts()["bot"].pid, signal.SIGKILL)
        if kills > 1:  # and once it is told to stop
            until(lambda: is_running(platform.servers), 300)
            os.kill(platform.servers.parts()["bot"].pid, signal.SIGTERM)
        for way in ways:
            way.result()
    doubled = 0
    for person in people:
        platform.quiet(person)
    for person in people:
        conversation = platform.conversation(person)
        assert platform.kept.said(conversation) == said[person]
        turns = platform.kept.turns(conversation)
        assert [turn["message"] for turn in turns] == said[person]
        expected = [
            post.text for turn in turns[1:] for post in platform.driver.render(turn["answers"]) if post.kind == TEXT
        ]
        shown = platform.driver.texts(person)[before[person] :]
        doubled += repeated(expected, [text for text in shown if text != words("answers.slow")])
    figure(
        f"{platform.driver.name}: {EVENTS} events brought {brought.copies} times, {kills} kills: "
        f"each handled once, in order; {doubled} posts sent twice around a kill"
    )
    assert doubled <= kills * PEOPLE
    logs = "".join(path.read_text(errors="replace") for path in platform.servers.plan.logs.iterdir())
    secrets = [value for name, value in platform.driver.environment.items() if SECRET_NAME.search(name)]
    assert secrets
    assert [word for word in (*secrets, "cramping", "i slept") if word in logs] == []


def kills_of(platform: Any) -> int:
    """What is killed is the same for all platforms, and takes long to start again."""
    return int(KILLS) if KILLS else int(platform.driver.name == next(iter(DRIVERS)))


class Counter:
    """How many events were taken, and how often they were brought; for threads."""

    def __init__(self) -> None:
        self.value = self.copies = 0
        self._lock = threading.Lock()

    def add(self, copies: int) -> None:
        with self._lock:
            self.value, self.copies = self.value + 1, self.copies + copies


def bring(platform: Any, person: Any, texts: list[str], brought: Counter) -> None:
    """One person's events in order, each as often as a platform might."""
    chance = random.Random(platform.driver.id_of(person))
    for text in texts:
        event, copies = platform.driver.writes(person, text), chance.randint(1, MOST_COPIES)
        with ThreadPoolExecutor(copies) as pool:
            for copy in [pool.submit(platform.driver.deliver, platform.servers.plan.url, event) for _ in range(copies)]:
                copy.result()
        brought.add(copies)


def is_running(servers: Any) -> bool:
    return servers.call("getProcessInfo", "bot")["statename"] == "RUNNING" and servers.healthy("bot")


def repeated(expected: list[str], shown: list[str]) -> int:
    """How many posts were sent again; AssertionError if one is missing or out of order."""
    doubles = at = 0
    for number, text in enumerate(expected):
        assert shown[at : at + 1] == [text], f"{text!r} is missing or out of order in {shown}"
        at += 1
        following = expected[number + 1] if number + 1 < len(expected) else None
        while at < len(shown) and shown[at] == text and text != following:
            doubles, at = doubles + 1, at + 1
    assert shown[at:] == []
    return doubles
