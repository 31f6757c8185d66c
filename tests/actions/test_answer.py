"""Answers to questions, and notes of what starts no intake."""

from __future__ import annotations

import pytest

from actions.answer import ActionAnswer
from actions.take_note import ActionTakeNote
from actions.why import ActionWhy
from bot.knowledge import load

TOPICS = [topic for topic in load().answers if topic != "out_of_scope"]


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_has_an_answer_with_sources(desk, topic):
    desk.hear("please tell me", f"ask_{topic}").run(ActionAnswer())
    assert desk.payload["topic"] == topic
    assert desk.payload["sources"]
    assert desk.slots["cited"] == desk.payload["sources"]


def test_a_named_symptom_is_answered_with_its_own_line_and_grade(desk):
    desk.hear("can low vitamin d cause hair loss?", "ask_cause").run(ActionAnswer())
    (said,) = desk.said
    assert said["response"] == "utter_answer_link"
    assert said["badge"] == "LIMITED"
    assert "More often it is: " in said["text"]
    assert desk.payload["sources"] == list(load().concepts["hair_loss"].sources)
    assert desk.payload["links"] == [{"concept": "hair_loss", "grade": "L", "sources": ["C22"]}]


def test_a_claim_of_the_article_is_answered_with_its_verdict(desk):
    desk.hear("is vitamin d stored in the liver?", "ask_definition").run(ActionAnswer())
    (said,) = desk.said
    assert (said["response"], said["name"], said["badge"]) == ("utter_answer_claim", "Not accurate", "NOT SUPPORTED")
    assert "body fat" in said["text"]
    assert desk.payload["claims"] == [{"id": "3", "verdict": "inaccurate", "grades": ["N"]}]
    desk.hear("source?", "why").run(ActionWhy())
    assert "nqaa295" in desk.said[0]["sources"]


def test_a_matter_of_record_is_told_without_a_grade(desk):
    desk.hear("what did the michigan study find?", "ask_definition").run(ActionAnswer())
    assert desk.responses == ["utter_answer_claim_of_record"]
    assert "Minnesota" in desk.said[0]["text"]


def test_a_named_exposure_is_answered_with_its_reason(desk):
    desk.hear("does darker skin matter", "ask_risk").run(ActionAnswer())
    assert desk.responses == ["utter_answer_exposure"]
    assert desk.payload["topic"] == "risk"
    assert desk.payload["exposures"] == ["darker_skin"]


def test_a_result_is_explained_in_its_unit(desk):
    desk.hear("my vitamin d was 18 ng/ml").run(ActionAnswer())
    assert desk.responses == ["utter_result_meaning", "utter_answer_general"]
    assert "Borderline" in desk.said[0]["say"]
    assert desk.payload["topic"] == "result"


def test_a_result_without_unit_is_read_both_ways(desk):
    desk.hear("my vitamin d was 30", "ask_result").run(ActionAnswer())
    assert "ng/mL" in desk.said[0]["say"]
    assert "nmol/L" in desk.said[0]["say"]


@pytest.mark.parametrize(
    ("texts", "responses"),
    [
        (["i'm vegan and never see the sun"], ["utter_noted", "utter_no_symptom_yet"]),
        (["no cramps"], ["utter_noted", "utter_which_symptom"]),
        (["lorem ipsum"], ["utter_say_it_again"]),
        (["lorem ipsum", "dolor sit"], ["utter_way_out"]),
    ],
)
def test_what_starts_no_intake_is_read_back_or_asked_for(desk, texts, responses):
    for text in texts:
        desk.hear(text).run(ActionTakeNote())
    assert desk.responses == responses


def test_a_correction_without_content_asks_how_it_is(desk):
    desk.hear("that is wrong", "correct").run(ActionTakeNote())
    assert desk.responses == ["utter_correct_how"]
