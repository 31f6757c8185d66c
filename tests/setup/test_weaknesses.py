"""The table of known weaknesses speaks of what is installed."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "weaknesses.md").read_text()
ROWS = [line.strip("| ").split(" | ") for line in TEXT.splitlines() if line.startswith("| ") and "`" in line]
LOCKED = dict(re.findall(r"^([a-z0-9._-]+)==([^ ;]+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE))
NAMED = sorted(
    set(re.findall(r"`([a-z0-9-]+)` ([0-9][^ ,]*)", " ".join(row[0] for row in ROWS) + " " + TEXT.split("\n\n")[-1]))
)


@pytest.mark.parametrize(("name", "version"), NAMED)
def test_the_version_is_the_installed_one(name: str, version: str) -> None:
    assert LOCKED[name] == version, "look the row up anew, and renew the date of the review"


@pytest.mark.parametrize("row", ROWS, ids=[f"{row[0]} {row[1][:20]}" for row in ROWS])
def test_every_row_says_how_it_is_known_and_why_it_cannot_be_reached(row: list[str]) -> None:
    assert len(row) == 4
    assert row[2].split()[0] in {"thread", "source", "recalled", "test"}
    assert len(row[3]) > 10


def test_the_tests_it_names_exist() -> None:
    for name in re.findall(r"`(tests/[a-z_/]+\.py)`", TEXT):
        assert (ROOT / name).is_file(), name


def test_it_has_a_date() -> None:
    found = re.search(r"Reviewed \*\*(\d{4}-\d\d-\d\d)\*\*", TEXT)
    assert found is not None
    dt.date.fromisoformat(found[1])
