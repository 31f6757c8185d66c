"""What tests of several folders share: a Chromium, a PostgreSQL, an address that `endpoints.yml` asks for."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from bot.worker import ACTIONS_URL, ACTIONS_VARIABLE
from tools import postgres
from tools.browser import MISSING, find, launched

os.environ.setdefault(ACTIONS_VARIABLE, ACTIONS_URL)

collect_ignore = [] if os.environ.get("FAULTS") else ["faults"]  # `make test-faults` sets it


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed after each file: while it is open its event loop runs, and other tests could not run theirs."""
    path = find()
    if path is None:
        pytest.skip(MISSING)
    with launched(path) as running:
        yield running


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgres.Cluster]:
    """A PostgreSQL for the whole run; who stops or freezes it starts it again. `cluster.database()` is empty."""
    with postgres.running() as running:
        yield running
