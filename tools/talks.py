"""Holds a scripted talk of tests/cases/talks with a bot and says what came of it.

A talk: ``say`` is said in order, each a text or ``{you, ...}`` with what the turn must hold: ``asks`` (id of the
question that ends it), ``level`` (of the urgent answer, null for none), ``topic``, ``says`` and ``not`` (words in its
text). Then the bot's questions are answered from ``answers`` by their id (``UNTOLD`` where nothing is said) until there
is a result or an urgent answer. ``gold``: the tier, or the level and rule, written from the knowledge base before the
bot was asked; ``right``: levels that are right besides. ``says``: words of the whole talk. ``basis``: where the gold
stands in the knowledge base.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

TALKS = Path(__file__).parents[1] / "tests" / "cases" / "talks"
KEYS = {"name", "say", "answers", "gold", "right", "says", "basis"}
TURN_KEYS = {"you", "asks", "level", "topic", "says", "not"}
NONE, UNSURE = "none of these", "not sure"
UNTOLD = {"duration": UNSURE, "location": UNSURE, "age": UNSURE, "age_of_child": UNSURE}
MOST_ANSWERS = 14
LEVELS = ("L0", "L1", "L2", "L3")
MUST_NOT_BE_MISSED = ("L0", "L1", "L2")

Say = Callable[[str], list[dict[str, Any]]]


@dataclass(frozen=True)
class Turn:
    """What the bot said to one message."""

    you: str
    messages: list[dict[str, Any]]

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(message.get("text", "") for message in self.messages)

    def payload(self, kind: str) -> dict[str, Any]:
        """The payload of that type; empty without one."""
        return next((m["custom"] for m in self.messages if m.get("custom", {}).get("type") == kind), {})


@dataclass
class Held:
    """A talk that was held. ``problems``: what a turn should have held and did not."""

    turns: list[Turn] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def tier(self) -> str | None:
        """Of the last result."""
        return next((t.payload("assessment")["tier"] for t in reversed(self.turns) if t.payload("assessment")), None)

    @property
    def level(self) -> str | None:
        """Of the urgent answer in the last turn."""
        return self.turns[-1].payload("red_flag").get("level")

    @property
    def rule(self) -> str | None:
        """Of the urgent answer in the last turn."""
        return self.turns[-1].payload("red_flag").get("rule")

    @property
    def questions(self) -> int:
        """Turns that ended in a question, a repeated one counted once."""
        asked = [turn.payload("question").get("id") for turn in self.turns]
        return sum(one is not None and one != before for one, before in zip(asked, [None, *asked], strict=False))


def cases() -> list[dict[str, Any]]:
    """Every talk, in the order of the files."""
    return [
        {**case, "file": path.stem}
        for path in sorted(TALKS.glob("*.yml"))
        for case in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


def hold(case: dict[str, Any], say: Say) -> Held:
    """Hold the talk, in a new conversation of ``say``'s."""
    held = Held()
    for step in case["say"]:
        expected = {"you": step} if isinstance(step, str) else step
        turn = Turn(expected["you"], say(expected["you"]))
        held.turns.append(turn)
        held.problems += _missing(turn, expected)
    for _ in range(MOST_ANSWERS):
        asked = held.turns[-1].payload("question").get("id")
        answers = case.get("answers", {})
        if asked is None or ("tier" not in case.get("gold", {}) and asked not in answers):
            break
        answer = answers.get(asked, UNTOLD.get(asked, NONE))
        held.turns.append(Turn(answer, say(answer)))
    whole = "\n".join(turn.text for turn in held.turns).casefold()
    held.problems += [f"{words!r} was never said" for words in case.get("says", ()) if words.casefold() not in whole]
    return held


def is_under_triage(case: dict[str, Any], held: Held) -> bool:
    """An emergency of L0 to L2 that got no urgent answer, or one less urgent."""
    gold = case.get("gold", {}).get("level")
    if gold not in MUST_NOT_BE_MISSED or (held.level or "") in case.get("right", ()):
        return False
    return held.level is None or held.level > gold


def is_right(case: dict[str, Any], held: Held) -> bool:
    """Whether the outcome is the gold one: the tier without an urgent answer, or the level of the urgent answer."""
    gold = case.get("gold", {})
    if "level" in gold:
        return held.level == gold["level"] or held.level in case.get("right", ())
    return held.level is None and gold.get("tier") in (None, held.tier)


def is_by_rule(case: dict[str, Any], held: Held) -> bool:
    """Whether the urgent answer rests on the rule named, where one is named."""
    return case.get("gold", {}).get("rule", held.rule) == held.rule


def outcome(held: Held) -> str:
    """In a word, for lists of what differs."""
    return f"{held.level} {held.rule}" if held.level else str(held.tier)


def _missing(turn: Turn, expected: dict[str, Any]) -> list[str]:
    told = {
        "asks": turn.payload("question").get("id"),
        "level": turn.payload("red_flag").get("level"),
        "topic": turn.payload("answer").get("topic"),
    }
    text = turn.text.casefold()
    wrong = [f"{turn.you!r}: {key} is {told[key]}" for key in told if key in expected and told[key] != expected[key]]
    wrong += [f"{turn.you!r}: no {words!r}" for words in expected.get("says", ()) if words.casefold() not in text]
    return wrong + [f"{turn.you!r}: {words!r}" for words in expected.get("not", ()) if words.casefold() in text]
