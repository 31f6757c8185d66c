"""What the intake asks and says, and when nothing is left to ask."""

from __future__ import annotations

import pytest

from actions.ask_intake import ActionAsk
from bot.talk import Message, Talk, steps_aside, to_ask

ASK = ActionAsk()


def test_the_first_question_reads_back_what_was_told_and_asks_for_red_flags(desk):
    desk.hear("my calf keeps twitching, about six weeks now, no cramps though").run(ASK)
    assert desk.responses == ["utter_noted", "utter_question"]
    assert desk.said[0]["noted"] == "muscle twitching - calf - six weeks; no cramps"
    assert desk.payload["slot"] == "red_flag_answer"
    assert desk.payload["multi"] is True
    assert [button["title"] for button in desk.said[1]["buttons"]] == desk.payload["options"]
    assert desk.slots["pending_question"] == "flags_twitching"


def test_what_is_known_is_not_asked_again(desk):
    desk.hear("my calf keeps twitching, about six weeks now").run(ASK)
    desk.hear("none", "deny").run(ASK)
    assert desk.payload["slot"] == "exposures"  # neither how long nor where
    desk.hear("i work nights and hardly see the sun. vegan too")
    assert to_ask(Talk.from_slots(desk.slots)) is None


def test_what_was_read_back_once_is_not_read_back_again(desk):
    desk.hear("my calf keeps twitching").run(ASK)
    desk.hear("what is a normal level", "ask_result").run(ASK)
    assert "utter_noted" not in desk.responses


@pytest.mark.parametrize("intent", ["ask_test", "why", "help", "start_over", "thanks", "abuse"])
def test_the_form_steps_aside_for_a_request_and_comes_back(desk, intent):
    desk.hear("my calf keeps twitching").run(ASK)
    desk.hear("and something quite different", intent)
    assert steps_aside(Talk.from_slots(desk.slots), Message.from_parse(desk.latest))
    desk.run(ASK)  # after the rule has answered
    assert desk.responses == ["utter_back_to_question", "utter_question"]
    assert desk.payload["id"] == "flags_twitching"


def test_an_answer_counts_whatever_the_intent_was_taken_for(desk):
    desk.hear("my calf keeps twitching, for six weeks").run(ASK)
    desk.hear("none of these", "out_of_scope")
    assert not steps_aside(Talk.from_slots(desk.slots), Message.from_parse(desk.latest))
    assert desk.slots["asked"] == ["flags_twitching"]


def test_two_answers_not_understood_are_explained_and_the_third_goes_on(desk):
    desk.hear("my calf cramps").run(ASK)
    desk.hear("none").run(ASK)
    assert desk.payload["id"] == "duration"
    desk.hear("blargh", "inform").run(ASK)
    assert desk.responses == ["utter_not_understood", "utter_question"]
    desk.hear("blargh again", "inform").run(ASK)
    assert desk.responses == ["utter_why_duration", "utter_way_out_of_question", "utter_question"]
    desk.hear("blargh once more", "inform").run(ASK)
    assert desk.responses == ["utter_taken_as_not_sure", "utter_question"]
    assert desk.payload["id"] != "duration"


def test_yes_to_a_list_asks_which(desk):
    desk.hear("my calf cramps").run(ASK)
    desk.hear("yes", "affirm").run(ASK)
    assert desk.responses[0] == "utter_which_one"


def test_a_symptom_told_in_the_middle_is_read_back(desk):
    desk.hear("my calf cramps, for three weeks").run(ASK)
    desk.hear("and i am tired all the time").run(ASK)
    assert desk.said[0]["noted"].startswith("tiredness")
    assert desk.payload["id"] == "flags_cramp"


def test_with_several_complaints_the_question_says_which_is_meant(desk):
    desk.hear("my calf cramps and i am tired").run(ASK)
    desk.hear("none").run(ASK)
    desk.hear("none").run(ASK)
    assert desk.payload["id"] == "duration"
    assert desk.said[-1]["response"] == "utter_question_about"


def test_never_more_than_six_questions(desk):
    desk.hear("i am weak")
    for _ in range(10):
        desk.run(ASK)
        if not desk.said:
            break
        desk.hear("not sure", "not_sure")
    assert len(desk.slots["asked"]) <= 6
    assert to_ask(Talk.from_slots(desk.slots)) is None
