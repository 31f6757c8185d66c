"""Every red-flag message gets its urgent answer, first, in every state, with the action server down.

``CHANNEL_RED_FLAGS``: how many of the project's table (`tests/cases/red_flags.yml`), spread over it; ``all`` for all.
What the reading does not notice is no matter of the channels: `tests/clinical` and README have those figures.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.channels.gate import urgent_message
from bot.channels.texts import text as words

pytestmark = pytest.mark.server

TABLE = Path(__file__).parents[1] / "cases" / "red_flags.yml"
MARK = words("messaging.urgent", text="").strip()
STATES = ("before_consent", "at_the_start", "in_the_form")


def noticed() -> list[str]:
    table = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    texts = [case["text"] for cases in table.values() for case in cases]
    found = [text for text in texts if urgent_message(text) is not None]
    wanted = os.environ.get("CHANNEL_RED_FLAGS") or "6"
    count = len(found) if wanted == "all" else int(wanted)
    return [found[number * len(found) // count] for number in range(count)]


def test_a_red_flag_is_answered_first_with_the_action_server_down(platform, figure, until) -> None:
    flags = noticed()
    people = [ready(platform, STATES[number % len(STATES)]) for number in range(len(flags))]
    platform.servers.call("stopProcess", "actions")
    try:
        seconds = [told(platform, person, text, until) for person, text in zip(people, flags, strict=True)]
    finally:
        platform.servers.call("startProcess", "actions", False)
        until(lambda: platform.servers.healthy("actions"))
    figure(f"{platform.driver.name}: {len(flags)} red flags answered, the slowest after {max(seconds):.2f} s")


def ready(platform: Any, state: str) -> Any:
    """Somebody in this state of a talk."""
    if state == "before_consent":
        return platform.driver.person()
    person = platform.somebody()
    if state == "in_the_form":
        platform.tell(person, "my calf cramps for two days")
        assert platform.driver.offered(person)
    return person


def told(platform: Any, person: Any, text: str, until: Any) -> float:
    """Seconds until the urgent answer was there; it is the first that is said."""
    before, began = len(platform.driver.texts(person)), time.monotonic()
    platform.driver.deliver(platform.servers.plan.url, platform.driver.writes(person, text))
    until(lambda: len(platform.driver.texts(person)) > before, 60)
    seconds = time.monotonic() - began
    platform.quiet(person)
    said = platform.driver.texts(person)[before:]
    assert said[0].startswith(MARK), f"{text!r} was answered with {said}"
    assert sum(answer.startswith(MARK) for answer in said) == 1, f"{text!r} was answered with {said}"
    assert "vitamin d" not in said[0].lower()
    return seconds
