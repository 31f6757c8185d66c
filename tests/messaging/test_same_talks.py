"""The same talk ends the same on every platform as on the web: findings, tier, level of the urgent answer.

``CHANNEL_TALKS``: how many of the scripted talks (`tests/cases/talks`), spread over all of them.
"""

from __future__ import annotations

import os
from functools import partial
from typing import Any

import pytest

from bot.channels.client import Client
from bot.channels.posts import TEXT
from tools.servers import patient
from tools.talks import cases, hold

pytestmark = pytest.mark.server

TALKS = int(os.environ.get("CHANNEL_TALKS") or 2)
CASES = cases()
SPREAD = [CASES[number * len(CASES) // TALKS] for number in range(TALKS)]


def decisions(turns: list[Any]) -> list[tuple[Any, ...]]:
    """What each turn decided."""
    found = []
    for turn in turns:
        result, flag = turn.payload("assessment"), turn.payload("red_flag")
        asked = turn.payload("question").get("id")
        found.append((asked, result.get("tier"), result.get("findings"), result.get("tests"), flag.get("level")))
    return found


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("case", SPREAD, ids=lambda case: case["name"].replace(" ", "_"))
def test_a_talk_ends_as_on_the_web(platform, case) -> None:
    on_web = hold(case, partial(patient, Client(platform.servers.plan.url)))
    person = platform.somebody()
    held = hold(case, partial(platform.answer, person))
    assert decisions(held.turns) == decisions(on_web.turns)
    shown = flat(" ".join(platform.driver.texts(person)))
    for turn in held.turns:
        for post in platform.driver.render(turn.messages):
            assert post.kind != TEXT or flat(post.text) in shown
