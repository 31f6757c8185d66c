"""An action never raises, and no word of the person reaches the log."""

from __future__ import annotations

import io
import json
import logging

import pytest

from actions import advise, answer, ask_intake, doctor_list, explain, start_over, take_note, why
from bot import logs

ACTIONS = [
    ask_intake.ActionAsk(),
    take_note.ActionTakeNote(), explain.ActionExplain(), advise.ActionAdvise(), answer.ActionAnswer(),
    why.ActionWhy(), doctor_list.ActionDoctorList(),
]  # fmt: skip


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name())
def test_a_failure_is_an_apology_and_an_error_without_text(desk, action, caplog):
    desk.latest = {"text": "my secret word zebra", "intent": {"name": "inform"}, "entities": [{"reading": {"x": 1}}]}
    with caplog.at_level(logging.ERROR):
        assert desk.run(action) == []
    assert desk.responses == ["utter_trouble"]
    assert "KeyError" in caplog.text
    assert "zebra" not in caplog.text


def test_its_log_names_the_turn_that_the_bot_began(desk):
    turn = logs.begin_turn()
    logs.join_turn(None)
    latest = {"text": "x", "intent": {"name": "inform"}, "entities": [{"reading": {"x": 1}}]}
    desk.latest = {**latest, "metadata": {"turn": turn}}
    told = io.StringIO()
    handler = logging.StreamHandler(told)
    handler.setFormatter(logs.JsonLine())
    logging.getLogger("actions").addHandler(handler)
    desk.run(ACTIONS[0])
    logging.getLogger("actions").removeHandler(handler)
    assert json.loads(told.getvalue())["turn"] == turn


def test_a_failure_half_way_takes_back_what_was_half_said(desk, monkeypatch):
    def broken(*_):
        raise ValueError("no words for this")

    desk.hear("my calf keeps twitching")
    monkeypatch.setattr(ask_intake, "_payload", broken)
    desk.run(ask_intake.ActionAsk())
    assert desk.responses == ["utter_trouble"]


def test_starting_over_works_even_with_a_broken_message(desk):
    desk.latest = {}
    assert desk.run(start_over.ActionStartOver())
    assert desk.responses == ["utter_start_over"]
