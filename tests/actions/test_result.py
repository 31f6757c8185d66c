"""Explaining, advising, why, the list for the doctor, and starting over."""

from __future__ import annotations

import pytest

from actions import slots
from actions.advise import ActionAdvise
from actions.ask_intake import ActionAsk
from actions.doctor_list import ActionDoctorList
from actions.explain import ActionExplain
from actions.start_over import ActionStartOver
from actions.why import ActionWhy

ASK, EXPLAIN, ADVISE, WHY, LIST = (
    ActionAsk(), ActionExplain(), ActionAdvise(), ActionWhy(), ActionDoctorList(),
)  # fmt: skip


@pytest.fixture
def twitching(desk):
    """The example talk up to its result."""
    desk.hear("my calf keeps twitching, about six weeks now, no cramps though").run(ASK)
    desk.hear("none", "deny").run(ASK)
    desk.hear("i work nights and hardly see the sun. vegan too")
    desk.slots[slots.INTAKE_COMPLETE] = True
    return desk


def test_explaining_names_the_grade_the_commoner_causes_and_numbers_the_sources(twitching):
    twitching.run(EXPLAIN)
    link = next(message for message in twitching.said if message["response"] == "utter_link")
    assert link["badge"] == "INDIRECT"
    assert link["marks"].startswith("[1]")
    assert "stress" in link["causes"]
    assert twitching.said[0]["noted"] == "night work, little daylight, vegan diet"


def test_advising_carries_the_assessment_and_the_safety_net(twitching):
    twitching.run(ADVISE)
    assert twitching.payload["tier"] == "T2"
    assert {"25-oh-d", "calcium", "magnesium"} <= set(twitching.payload["tests"])
    assert twitching.responses == ["utter_advice_because", "utter_tests", "utter_safety_net"]
    assert twitching.slots[slots.RESULT_GIVEN] is True


@pytest.mark.parametrize("action", [EXPLAIN, ADVISE], ids=["explain", "advise"])
@pytest.mark.parametrize("complete", [None, False])
def test_no_result_without_a_completed_intake(desk, action, complete):
    desk.hear("my calf keeps twitching, about six weeks now")
    desk.slots[slots.INTAKE_COMPLETE] = complete
    assert desk.run(action) == []
    assert desk.said == []


@pytest.mark.parametrize("action", [EXPLAIN, ADVISE], ids=["explain", "advise"])
def test_no_result_when_nothing_was_read(desk, action):
    desk.hear("hello there", "greet")
    desk.slots[slots.INTAKE_COMPLETE] = True
    assert desk.run(action) == []
    assert desk.said == []


def test_a_see_a_doctor_flag_comes_before_the_explanation(twitching):
    twitching.run(EXPLAIN)
    assert twitching.responses.index("utter_see_doctor") < twitching.responses.index("utter_link")


def test_why_gives_rule_reason_and_sources(twitching):
    twitching.run(EXPLAIN)
    twitching.run(ADVISE)
    twitching.hear("Why?", "why").run(WHY)
    (said,) = twitching.said
    assert said["response"] == "utter_why_result_because"
    assert said["rule"] == "T2"
    assert "muscle twitching - calf - six weeks" in said["because"]
    assert said["sources"].startswith("[1] ")


@pytest.mark.parametrize(
    ("told", "response"), [("hello", "utter_why_nothing"), ("my calf cramps", "utter_why_red_flag_answer")]
)
def test_why_before_a_result(desk, told, response):
    desk.hear(told).run(ASK)
    if told == "hello":
        desk.slots[slots.PENDING_QUESTION] = None
    desk.hear("why", "why").run(WHY)
    assert desk.responses == [response]


def test_why_after_an_urgent_answer_names_the_rule(desk):
    desk.hear("crushing chest pain")
    desk.slots[slots.RED_FLAG] = {"id": "RF-04", "level": "L1"}
    desk.hear("why", "why").run(WHY)
    assert desk.responses == ["utter_why_red_flag"]
    assert desk.said[0]["rule"] == "RF-04"


def test_the_list_for_the_doctor_has_plain_names_and_what_was_told(twitching):
    twitching.run(LIST)
    (said,) = twitching.said
    assert said["response"] == "utter_doctor_list"
    assert "muscle twitching - calf - six weeks; no cramps" in said["told"]
    assert "- 25-hydroxyvitamin D (total): " in said["tests"]


def test_the_list_needs_an_intake_first(desk):
    desk.hear("what should i ask my doctor for", "ask_my_doctor").run(LIST)
    assert desk.responses == ["utter_doctor_list_early"]


def test_after_an_urgent_answer_the_list_sends_to_help(desk):
    desk.hear("crushing chest pain")
    desk.slots[slots.RED_FLAG] = {"id": "RF-04", "level": "L1"}
    desk.run(LIST)
    assert desk.responses == ["utter_doctor_list_urgent"]


def test_starting_over_empties_every_slot_and_leaves_the_form(twitching):
    twitching.hear("start over", "start_over")
    events = twitching.run(ActionStartOver())
    emptied = {event["name"]: event["value"] for event in events if event["event"] == "slot"}
    assert set(slots.ALL) <= set(emptied)
    assert {name for name, value in emptied.items() if value is not None} == {slots.LAST_MESSAGE}
    assert {"event": "active_loop", "name": None, "timestamp": None} in events
