"""What the figures and the pictures of the web chat share with its tests: the stand-in, and the walk through states."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser

from tools.browser import MISSING, find, launched

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "web"))

import hostile
from person import SHIFT, Talk
from scripts import INTAKE
from standin import played
from states import states, violations

__all__ = ["INTAKE", "SHIFT", "Talk", "chromium", "hostile", "played", "states", "violations"]


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's browser; without one the plain message and exit status 1."""
    path = find()
    if path is None:
        sys.exit(MISSING)
    with launched(path) as browser:
        yield browser
