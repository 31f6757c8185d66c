"""``python -m bot parse``: one line out for each good line in, in order, and every bad line told."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.parse import MAX_CHARACTERS, parse_lines

PROJECT = Path(__file__).resolve().parents[2]


def run(*lines: str) -> tuple[int, list[dict[str, object]], str]:
    out, err = io.StringIO(), io.StringIO()
    status = parse_lines(lines, out, err)
    return status, [json.loads(line) for line in out.getvalue().splitlines()], err.getvalue()


def test_shape_of_a_reading() -> None:
    status, (row,), errors = run(
        json.dumps({"id": "a1", "text": "my left calf keeps twitching, three weeks now, no cramps"})
    )
    assert (status, errors, row["id"]) == (0, "", "a1")
    twitch, cramp = row["findings"]
    assert {k: twitch[k] for k in ("concept", "status", "body", "side", "duration_days", "cue")} == {
        "concept": "muscle_twitching", "status": "present", "body": ["calf"], "side": "left",
        "duration_days": 21.0, "cue": None,
    }  # fmt: skip
    assert (cramp["concept"], cramp["status"], cramp["cue"]) == ("muscle_cramp", "absent", "no")
    assert set(row) >= {"findings", "durations", "exposures", "red_flags", "lab_results", "profile"}


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("not json", "line 1: not JSON"),
        ("[1, 2]", "line 1: not a JSON object"),
        ('{"id": "x"}', "line 1: no text"),
        ('{"id": "x", "text": "  "}', "line 1: no text"),
        ('{"id": "x", "text": 7}', "line 1: no text"),
        (json.dumps({"id": "x", "text": "a" * (MAX_CHARACTERS + 1)}), "line 1: text over"),
        ("[" * 100_000, "line 1: not JSON"),
    ],
)
def test_a_bad_line_is_told_and_the_others_are_answered(line: str, complaint: str) -> None:
    status, rows, errors = run(line, '{"id": "ok", "text": "my bones ache"}')
    assert status == 1
    assert complaint in errors
    assert [row["id"] for row in rows] == ["ok"]


def test_command_line_loads_neither_rasa_nor_its_own_tensorflow() -> None:
    probe = "import sys, bot.clinical; sys.exit(any(m.split('.')[0] in ('rasa', 'rasa_sdk') for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", probe], cwd=PROJECT, check=False).returncode == 0
