"""What the figures and the pictures of the web chat share with its tests: the stand-in, and the walk through states."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tools.browser import FLAGS, MISSING, find

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "web"))

import hostile
from person import SHIFT, Talk
from scripts import INTAKE
from standin import StandIn
from states import states, violations

__all__ = ["SHIFT", "Talk", "chromium", "hostile", "stand_in", "states", "violations"]


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's browser; without one the plain message and exit status 1."""
    path = find()
    if path is None:
        sys.exit(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@contextmanager
def stand_in() -> Iterator[StandIn]:
    """The channel's stand-in with a short intake to play."""
    server = StandIn()
    server.state.answers = dict(INTAKE)
    server.start()
    yield server
    server.stop()
