"""One JSON object a line, the same keys in each; plain lines where they are asked for."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest

from bot import logs

ROOT = Path(__file__).parents[2]
KEYS = {"time", "level", "logger", "event", "turn"}


def line(**extra: object) -> str:
    record = logging.LogRecord("bot.x", logging.INFO, "x.py", 1, "a %s\nb", ("word",), None)
    record.__dict__.update(extra)
    return logs.formatter().format(record)


def test_a_record_is_one_line_with_fixed_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(logs.FORM_VARIABLE, raising=False)
    turn = logs.begin_turn()
    written = line(text="what somebody wrote")
    assert "\n" not in written
    told = json.loads(written)
    assert set(told) == KEYS
    assert (told["event"], told["level"], told["logger"], told["turn"]) == ("a word\nb", "INFO", "bot.x", turn)
    assert told["time"].endswith("+00:00")


def test_plain_lines_on_demand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(logs.FORM_VARIABLE, logs.PLAIN)
    logs.join_turn(None)
    assert line().endswith("INFO     bot.x [-] a word\nb")


def test_each_turn_has_an_id_of_its_own() -> None:
    assert len({logs.begin_turn() for _ in range(100)}) == 100


@pytest.mark.parametrize("given", [None, "", "my calf hurts", "0123456789abc", "0123456789A!", 7, ["0" * 12]])
def test_only_an_id_can_be_joined(given: object) -> None:
    logs.join_turn(given)
    assert logs.current_turn() is None


def test_a_turn_is_joined() -> None:
    turn = logs.begin_turn()
    logs.join_turn(None)
    logs.join_turn(turn)
    assert logs.current_turn() == turn


def test_every_handler_is_taken_over_and_a_record_that_does_not_fit_shows_nothing() -> None:
    program = """
import logging, warnings
from bot import logs
logging.basicConfig()
alone = logging.getLogger("sanic.error"); alone.propagate = False
logs.take_over()
logging.getLogger("x").warning("one")
alone.warning("two")
logging.getLogger("x").warning("%d", "canary")
warnings.warn("three")
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    first, second, third = (json.loads(row)["event"] for row in done.stderr.splitlines())
    assert (first, second) == ("one", "two")
    assert "UserWarning: three" in third
