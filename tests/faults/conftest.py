"""One world for the whole suite, and the table at its end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tools.faults import table
from tools.faults.world import World
from tools.faults.world import world as made


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    with made() as found:
        yield found


def pytest_terminal_summary(terminalreporter: Any) -> None:
    terminalreporter.section("what came out")
    terminalreporter.write_line(table.plain())
