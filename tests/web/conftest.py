"""The built widget in a real Chromium, talking to a stand-in of the web channel."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

sys.path.insert(0, str(Path(__file__).parent))  # standin and scripts, whatever the import mode

from person import Talk
from scripts import INTAKE
from standin import StandIn, State, played

ROOT = Path(__file__).parents[2]
PATIENCE_MS = 10_000


@pytest.fixture(scope="session", autouse=True)
def built() -> None:
    done = subprocess.run([sys.executable, ROOT / "web" / "build.py", "--tests"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with played(INTAKE) as server:
        yield server


@pytest.fixture
def visit(browser: Browser, stand_in: StandIn) -> Iterator[Callable[..., Talk]]:
    """Opens a browser of its own; at the end none may have met an error or broken the content security policy."""
    contexts: list[BrowserContext] = []
    talks: list[Talk] = []

    def opened(**options: Any) -> Talk:
        context = browser.new_context(**options)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        talk = Talk(context.new_page(), stand_in.url)
        talk.page.on("pageerror", lambda error: talk.errors.append(str(error)))
        talks.append(talk)
        return talk

    yield opened
    for context in contexts:
        context.close()
    assert [error for talk in talks for error in talk.errors] == []
    assert stand_in.state.reports == []


@pytest.fixture
def talk(visit: Callable[..., Talk]) -> Talk:
    """The demo page, consent given."""
    return visit().open().agree()


@pytest.fixture
def state(stand_in: StandIn) -> State:
    return stand_in.state
