"""What tests of several folders share: the machine's Chromium."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tools.browser import MISSING, find, launched


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed after each file: while it is open its event loop runs, and other tests could not run theirs."""
    path = find()
    if path is None:
        pytest.skip(MISSING)
    with launched(path) as running:
        yield running
