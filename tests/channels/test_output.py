"""Rasa's messages become the contract's."""

from __future__ import annotations

import asyncio

import pytest

from bot.channels.output import TurnOutput, to_message, to_messages


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"text": " Hello. ", "timestamp": 1.0, "utter_action": "utter_greet"}, {"text": "Hello."}),
        ({"text": "One.\n\nTwo."}, {"text": "One.\n\nTwo."}),
        ({"text": None, "custom": {"type": "answer"}}, {"custom": {"type": "answer"}}),
        (
            {"text": "Which?", "buttons": [{"title": "Calf", "payload": "Calf", "type": "x"}, {"title": "Hip"}]},
            {"text": "Which?", "buttons": [{"title": "Calf", "payload": "Calf"}, {"title": "Hip", "payload": "Hip"}]},
        ),
        ({"text": "Which?", "quick_replies": [{"title": "A", "payload": "A"}]},
         {"text": "Which?", "buttons": [{"title": "A", "payload": "A"}]}),
        ({"text": "", "buttons": [], "custom": {}, "image": "x.png"}, None),
    ],
)  # fmt: skip
def test_to_message(said: dict, expected: dict | None) -> None:
    assert to_message(said) == expected


def test_one_bubble_for_each_response() -> None:
    output = TurnOutput()
    asyncio.run(output.send_response("someone", {"text": "A.\n\nB.", "buttons": [{"title": "C", "payload": "C"}]}))
    asyncio.run(output.send_response("someone", {"custom": {"type": "question"}}))
    asyncio.run(output.send_response("someone", {"text": ""}))
    assert output.messages == [
        {"text": "A.\n\nB.", "buttons": [{"title": "C", "payload": "C"}]},
        {"custom": {"type": "question"}},
    ]


def test_stored_events_say_the_same() -> None:
    events = [{"text": "A.", "data": {"custom": {"type": "answer"}, "buttons": None}}, {"text": None, "data": {}}]
    assert to_messages(events) == [{"text": "A.", "custom": {"type": "answer"}}]
