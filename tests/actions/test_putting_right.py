"""What the bot says when something was put right, undone, or is about somebody else."""

from __future__ import annotations

import pytest

from actions import wording
from actions.ask_intake import ActionAsk
from actions.noted import ActionNoted
from actions.undo import ActionUndo
from bot.reading import Finding, Profile

ASK, NOTED, UNDO = ActionAsk(), ActionNoted(), ActionUndo()
MOTHER = Profile(about="other", relation="mother")


def test_what_was_put_right_is_said_with_what_it_was_before(desk):
    desk.hear("my left calf cramps for two weeks").run(ASK)
    desk.hear("no, three months").run(ASK)
    assert desk.responses == ["utter_changed", "utter_back_to_question", "utter_question"]
    assert desk.said[0]["changed"] == "muscle cramp - left calf - three months (not two weeks)"
    desk.hear("it's the right one").run(ASK)
    assert desk.said[0]["changed"] == "muscle cramp - right calf - three months (not left calf)"


def test_what_was_never_said_is_taken_out(desk):
    desk.hear("my calf cramps for two weeks, vegan").run(ASK)
    desk.hear("i never said vegan").run(ASK)
    assert desk.said[0]["changed"] == "vegan diet taken out"


def test_that_it_was_somebody_else_is_said_in_one_sentence(desk):
    desk.hear("i'm so tired for two weeks").run(ASK)
    desk.hear("actually that was my wife").run(ASK)
    assert desk.responses[0] == "utter_now_about"
    assert desk.said[0]["whom"] == "your wife"
    assert "your wife" in desk.said[-1]["question"]


def test_somebody_else_is_spoken_of_by_name_with_their_age(desk):
    desk.hear("my mum is 82, her legs ache").run(ASK)
    assert desk.said[0] | {"response": "utter_noted_about"} == desk.said[0]
    assert (desk.said[0]["noted"], desk.said[0]["whom"]) == ("leg pain or aching legs; aged 82", "your mother")


def test_an_undoing_says_what_is_left(desk):
    desk.hear("i'm so tired").run(ASK)
    desk.hear("and my calf cramps").run(ASK)
    desk.hear("undo").run(ASK)
    assert (desk.responses[0], desk.said[0]["noted"]) == ("utter_undone", "tiredness")
    desk.hear("undo").run(UNDO)
    assert desk.responses == ["utter_undone_all"]
    desk.hear("undo").run(UNDO)
    assert desk.responses == ["utter_nothing_to_undo"]


def test_a_paraphrase_is_asked_back_with_the_words_that_were_read(desk):
    desk.hear("legs like wet spaghetti for two months").run(ASK)
    assert desk.responses[:2] == ["utter_noted", "utter_did_i_read_right"]
    assert desk.said[1]["readings"] == '"legs like wet spaghetti" as general muscle weakness'
    desk.hear("my calf cramps").run(ASK)
    assert "utter_did_i_read_right" not in desk.responses


def test_all_that_was_noted_is_told_with_the_words_it_was_read_from(desk):
    desk.run(NOTED)
    assert desk.responses == ["utter_nothing_noted"]
    desk.hear("my calf cramps, i am 40").run(ASK)
    desk.hear("what did you note", "check_reading").run(NOTED)
    assert desk.responses == ["utter_all_noted_words"]
    assert (desk.said[0]["noted"], desk.said[0]["words"]) == ("muscle cramp - calf; aged 40", '"calf cramps"')


def test_that_it_is_wrong_is_no_dodged_question(desk):
    desk.hear("my calf cramps for two weeks").run(ASK)
    for _ in range(4):
        desk.hear("that's wrong", "correct").run(ASK)
        assert desk.responses == ["utter_correct_how", "utter_question"]
    assert desk.slots["asked"] == []


def test_a_question_that_returns_is_shorter(desk):
    desk.hear("my calf cramps for two weeks").run(ASK)
    asked = desk.said[-1]["question"]
    desk.hear("what is a normal level", "ask_result").run(ASK)
    assert desk.said[-1]["question"].startswith("So: ")
    assert asked != desk.said[-1]["question"]


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        (Profile(), "What could lower your vitamin D?"),
        (MOTHER, "What could lower your mother's vitamin D?"),
        (Profile(about="child"), "What could lower the child's vitamin D?"),
        (Profile(about="infant"), "What could lower the baby's vitamin D?"),
        (Profile(about="other"), "What could lower their vitamin D?"),
    ],
)
def test_a_question_says_for_whom(profile, said):
    assert wording.put_to("What could lower {whose} vitamin D?", profile) == said


def test_ones_own_is_marked_in_a_talk_about_somebody_else():
    own = Finding("muscle_cramp").to_dict()
    theirs = Finding("fatigue", status="other").to_dict()
    assert wording.told([own, theirs], MOTHER) == "muscle cramp (your own); tiredness"


def test_nothing_about_vitamin_d_stands_beside_an_urgent_answer():
    assert wording.without_vitamin_d("Heart first; do not blame vitamin D. Call now.") == "Heart first; Call now."
