"""The fault suite is asked for by name; what it promises to find out, it does find out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools.faults import numbers, table
from tools.faults.people import talks

ROOT = Path(__file__).parents[2]
SOURCES = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "faults").glob("test_*.py"))


def test_each_promise_is_found_out_by_a_test() -> None:
    assert set(re.findall(r'record\(\s*"([a-z_]+)"', SOURCES)) == set(table.promises())


def test_each_promise_has_a_goal_and_what_stock_rasa_does() -> None:
    assert all(set(told) == {"promise", "measure", "goal", "stock"} for told in table.promises().values())


def test_there_are_ten_dialogue_states_or_more() -> None:
    assert len(talks()) >= 10


def test_each_number_is_used_and_can_be_set_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(re.findall(r'number\("([A-Z_]+)"\)', SOURCES)) == set(numbers.FULL) == set(numbers.SMALL)
    monkeypatch.setenv("FAULTS", "small")
    assert numbers.number("KILLS") == numbers.SMALL["KILLS"]
    monkeypatch.setenv("FAULTS_KILLS", "20")
    assert numbers.number("KILLS") == 20


def test_what_came_out_is_shown_and_what_was_not_run_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "RESULTS", tmp_path / "faults.json")
    monkeypatch.setattr(table, "PAGE", tmp_path / "page.md")
    (tmp_path / "page.md").write_text("before\n<!-- table -->\nold\n<!-- end -->\nafter\n")
    table.record("stored", "0 lost", 200, kept=True)
    table.record("pairs", "3 lost", 1_000, kept=False)
    table.write_page()
    page = (tmp_path / "page.md").read_text()
    assert "| 0 lost | 200 |" in page
    assert "| 3 lost (BROKEN) | 1,000 |" in page
    assert "| not run | 0 |" in page
    assert "old" not in page
    assert page.startswith("before\n")
    assert page.endswith("<!-- end -->\nafter\n")
