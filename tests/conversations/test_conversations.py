"""The scripted conversations of ``cases/conversations.yml``, held with the real servers over HTTP.

For each turn the script may say: ``asks`` (id of the question that ends the turn, null for none), ``level``, ``rule``
of the urgent answer, ``tier``, ``tests`` (at least these), ``topic``, ``says`` and ``not`` (words in the turn's text).
What holds for every turn is checked for every turn.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "conversations.yml").read_text(encoding="utf-8"))
KEYS = {"you", "asks", "level", "rule", "tier", "tests", "topic", "says", "not"}
PLACEHOLDER = re.compile(r"\{\w*\}|\bNone\b|\butter_\w+|\baction_\w+|\bnull\b")
CERTAIN = re.compile(r"you have (a )?vitamin d deficiency|is caused by (a |low )?vitamin d|rules? out", re.I)

pytestmark = pytest.mark.server


def test_there_are_enough_and_their_names_differ():
    assert len(CASES) >= 40
    assert len({case["name"] for case in CASES}) == len(CASES)
    assert {key for case in CASES for turn in case["turns"] for key in turn} <= KEYS


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"].replace(" ", "_"))
def test_conversation(case, say):
    for number, turn in enumerate(case["turns"], 1):
        heard = Turn(say(turn["you"]))
        heard.holds_what_always_holds()
        heard.is_as_expected(turn, f"turn {number}, {turn['you'][:60]!r}")


class Turn:
    """The bot's messages of one turn."""

    def __init__(self, messages: list[dict[str, Any]]) -> None:
        self.messages = messages
        self.text = "\n".join(message.get("text", "") for message in messages)

    def payload(self, kind: str) -> dict[str, Any]:
        found = [m["custom"] for m in self.messages if m.get("custom", {}).get("type") == kind]
        assert len(found) <= 1, f"more than one {kind} in a turn"
        return found[0] if found else {}

    def holds_what_always_holds(self) -> None:
        assert self.text.strip()
        assert not PLACEHOLDER.search(self.text)
        assert not CERTAIN.search(self.text)
        assert all(b["payload"] == b["title"] for m in self.messages for b in m.get("buttons", ()))
        if self.payload("red_flag"):
            assert self.messages[0].get("custom", {}).get("type") == "red_flag"
            assert "vitamin d" not in self.text.lower()
        if self.payload("assessment"):
            assert "Get urgent help" in self.text

    def is_as_expected(self, turn: dict[str, Any], where: str) -> None:
        told = {
            "asks": self.payload("question").get("id"),
            "level": self.payload("red_flag").get("level"),
            "rule": self.payload("red_flag").get("rule"),
            "tier": self.payload("assessment").get("tier"),
            "topic": self.payload("answer").get("topic"),
        }
        # An urgent answer and a result are never a surprise; the rest is checked where the script names it.
        expected = {"level": None, "tier": None, **{key: turn[key] for key in told if key in turn}}
        assert {key: told[key] for key in expected} == expected, f"{where}: {self.text}"
        assert set(turn.get("tests", ())) <= set(self.payload("assessment").get("tests", ())), where
        for words in turn.get("says", ()):
            assert words.lower() in self.text.lower(), f"{where}: {words!r} not in {self.text}"
        for words in turn.get("not", ()):
            assert words.lower() not in self.text.lower(), f"{where}: {words!r} in {self.text}"
