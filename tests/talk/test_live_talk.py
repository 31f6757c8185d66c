"""A state machine that talks with the whole bot in one process: say, tap, correct, ask, interrupt, restart.

What must hold whatever is said: every answer says something; no result before every required answer; no diagnosis, no
dose, no false all-clear (cases/forbidden.yml); an urgent answer comes first and stays until it is confirmed that
somebody has seen to it, that it was never so, or the person starts over.

TALK_RUNS (default: a small share) talks of TALK_STEPS steps; ``make test-talk`` does the full number.
"""

from __future__ import annotations

import itertools
import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from bot.clinical import read
from bot.knowledge import load
from bot.knowledge.intake import next_question
from bot.talk import SAID_OF_SOMEBODY, URGENT_LEVELS, Talk
from bot.train import PROJECT, current_model

from .live import LiveBot

CASES = Path(__file__).parents[1] / "cases"
MOVES = yaml.safe_load((CASES / "moves.yml").read_text(encoding="utf-8"))
FORBIDDEN = [
    (entry["id"], re.compile(entry["pattern"]))
    for entry in yaml.safe_load((CASES / "forbidden.yml").read_text(encoding="utf-8"))
]
PLACEHOLDER = re.compile(r"\{\w*\}|\bNone\b|\butter_\w+|\baction_\w+|\bnull\b")
RUNS, STEPS = int(os.environ.get("TALK_RUNS", "12")), int(os.environ.get("TALK_STEPS", "20"))
CONFIRMING = ("yes, that is right", "yes, it has been looked at", "yes")
STARTING_OVER = (*MOVES["restart"], "/restart")


@pytest.fixture(scope="module")
def live() -> LiveBot:
    model = current_model()
    assert model.exists(), f"train first: {PROJECT}"
    return LiveBot(model)


def forbidden(text: str) -> list[str]:
    return [name for name, pattern in FORBIDDEN if pattern.search(text.casefold())]


def required(talk: Talk) -> list[str]:
    """Ids of the questions without whose answer no result may be given; empty once the round's number is reached."""
    intake, case = load().intake, talk.case
    if len(talk.asked) >= talk.most_questions:
        return []
    main = next((item for item in case.findings if item.status in SAID_OF_SOMEBODY), None)
    needed = [intake.exposures.id]
    if main is not None:
        needed += [bundle.id for bundle in intake.bundles if main.concept in bundle.complaints and not bundle.when]
        needed += [intake.duration.id] if main.duration_days is None else []
    child = case.profile.about in ("child", "infant") or (case.profile.age or 99) < 18
    needed = [name for name in needed if not (child and name.startswith("flags_"))]
    open_now = next_question(case, talk.asked, limit=99)
    return [name for name in needed if name not in talk.asked and open_now is not None and open_now.id == name]


class Person(RuleBasedStateMachine):
    bot: LiveBot
    numbers = itertools.count(1)

    def __init__(self) -> None:
        super().__init__()
        self.conversation = f"person-{next(self.numbers)}"
        self.options: list[str] = []
        self.standing: str | None = None
        self.confirming = False

    def teardown(self) -> None:
        self.bot.forget(self.conversation)

    @rule(text=st.sampled_from(MOVES["say"]))
    def tell(self, text: str) -> None:
        self.turn(text)

    @rule(text=st.sampled_from(MOVES["alarm"]))
    def alarm(self, text: str) -> None:
        self.turn(text)

    @rule(text=st.sampled_from(MOVES["correct"]))
    def correct(self, text: str) -> None:
        self.turn(text)

    @rule(text=st.sampled_from(MOVES["ask"]))
    def ask(self, text: str) -> None:
        self.turn(text)

    @rule(text=st.sampled_from(MOVES["interrupt"]) | st.text(max_size=40))
    def interrupt(self, text: str) -> None:
        self.turn(text)

    @rule(text=st.sampled_from(MOVES["restart"]))
    def restart(self, text: str) -> None:
        self.turn(text)

    @precondition(lambda self: self.options)
    @rule(place=st.integers(0, 30))
    def tap(self, place: int) -> None:
        self.turn(self.options[place % len(self.options)])

    @precondition(lambda self: self.options)
    @rule()
    def tap_none(self) -> None:
        self.turn("none of these" if "none of these" in self.options else self.options[-1])

    @precondition(lambda self: len(self.options) > 3)
    @rule(places=st.sets(st.integers(1, 5), min_size=2, max_size=3))
    def tap_several(self, places: set[int]) -> None:
        self.turn(", ".join(str(place) for place in sorted(places)))

    def turn(self, text: str) -> None:
        if not any(letter.isalnum() for letter in text):
            return  # the channel answers what has no words
        messages = self.bot.say(self.conversation, text)
        said = "\n".join(message.get("text", "") for message in messages)
        assert messages
        assert all(message.get("text", "").strip() for message in messages), "an empty answer"
        assert not PLACEHOLDER.search(said.replace("{red_flag_say}", "")), said
        assert forbidden(said) == [], said
        self.urgent_first(text, messages, said)
        self.result_complete(messages)
        payloads = [message.get("custom") or {} for message in messages]
        question = next((one for one in payloads if one.get("type") == "question"), {})
        buttons = [button["title"] for message in messages for button in message.get("buttons", [])]
        self.options = list(question.get("options") or buttons)

    def urgent_first(self, text: str, messages: list[dict[str, Any]], said: str) -> None:
        own = next((flag.level for flag in read(text).red_flags if flag.level in URGENT_LEVELS), None)
        first = messages[0].get("custom") or {}
        level = first.get("level") if first.get("type") == "red_flag" else None
        assert all((m.get("custom") or {}).get("type") != "red_flag" for m in messages[1:]), "urgent, but not first"
        if own is not None:
            assert level is not None, "an emergency without an urgent answer"
            assert level <= own, "a lower urgent answer"
        elif self.standing is not None and level is None:
            confirmed = self.confirming and text in CONFIRMING
            assert confirmed or text in STARTING_OVER, f"{self.standing} was dropped"
        if level is not None:
            assert "vitamin d" not in said.casefold(), said
        self.confirming = level is not None and "Just to be sure" in said
        self.standing = level

    def result_complete(self, messages: list[dict[str, Any]]) -> None:
        results = [m["custom"] for m in messages if (m.get("custom") or {}).get("type") == "assessment"]
        assert len(results) <= 1
        if results:
            talk = Talk.from_slots(self.bot.slots(self.conversation))
            assert talk.has_substance, "a result about nothing"
            assert talk.red_flag is None or results[0]["tier"] == "T0"
            before = Talk(**{**talk.slots(), "results": max(0, talk.results - 1)})
            assert required(before) == [], "a result without a required answer"


@pytest.mark.parametrize("entry", yaml.safe_load((CASES / "forbidden.yml").read_text("utf-8")), ids=lambda e: e["id"])
def test_the_forbidden_patterns_find_what_they_are_for(entry):
    pattern = re.compile(entry["pattern"])
    assert [text for text in entry["is"] if not pattern.search(text.casefold())] == []
    assert [text for text in entry["is_not"] if pattern.search(text.casefold())] == []


def test_people_of_all_kinds_talk_with_the_bot(live):
    class WithThisBot(Person):
        bot = live

    machine = WithThisBot.TestCase
    machine.settings = settings(
        max_examples=RUNS,
        stateful_step_count=STEPS,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],  # a talk that fails is told as it was: shrinking takes minutes
    )
    machine("runTest").runTest()
