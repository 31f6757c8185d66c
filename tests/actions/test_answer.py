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
    assert "More often it is: " in said["answer"]
    assert desk.payload["sources"] == list(load().concepts["hair_loss"].sources)
    assert desk.payload["links"] == [{"concept": "hair_loss", "grade": "L", "sources": ["C22"]}]


def test_a_claim_of_the_article_is_answered_with_its_verdict(desk):
    desk.hear("is vitamin d stored in the liver?", "ask_definition").run(ActionAnswer())
    (said,) = desk.said
    assert (said["response"], said["name"], said["badge"]) == ("utter_answer_claim", "Not accurate", "NOT SUPPORTED")
    assert "body fat" in said["answer"]
    assert desk.payload["claims"] == [{"id": "3", "verdict": "inaccurate", "grades": ["N"]}]
    desk.hear("source?", "why").run(ActionWhy())
    assert "nqaa295" in desk.said[0]["sources"]


def test_a_matter_of_record_is_told_without_a_grade(desk):
    desk.hear("what did the michigan study find?", "ask_definition").run(ActionAnswer())
    assert desk.responses == ["utter_answer_claim_of_record"]
    assert "Minnesota" in desk.said[0]["answer"]


def test_a_named_exposure_is_answered_with_its_reason(desk):
    desk.hear("does darker skin matter", "ask_risk").run(ActionAnswer())
    assert desk.responses == ["utter_answer_exposure"]
    assert desk.payload["topic"] == "risk"
    assert desk.payload["exposures"] == ["darker_skin"]


def test_a_result_is_explained_in_its_unit(desk):
    desk.hear("my vitamin d was 18 ng/ml").run(ActionAnswer())
    assert desk.responses == ["utter_result_meaning"]
    assert "Borderline" in desk.said[0]["say"]
    assert desk.payload["topic"] == "result"
    assert desk.payload["results"] == [
        {
            "test": "25-oh-d",
            "value": 18.0,
            "unit": "ng/mL",
            "nmol_per_l": 44.9,
            "kind": "known",
            "bands": ["borderline"],
        }
    ]


def test_a_result_without_unit_is_read_both_ways(desk):
    desk.hear("my vitamin d was 30", "ask_result").run(ActionAnswer())
    assert desk.responses == ["utter_result_meaning", "utter_ask_unit"]
    assert "As ng/mL it is sufficient" in desk.said[0]["say"]
    assert "As nmol/L it is borderline" in desk.said[0]["say"]
    assert desk.said[1]["custom"]["slot"] == "lab_unit"
    assert [button["payload"] for button in desk.said[1]["buttons"]] == ["ng/mL", "nmol/L"]


@pytest.mark.parametrize(("unit", "band"), [("ng/mL", "sufficient"), ("it says nmol/l", "borderline")])
def test_the_unit_alone_completes_the_result(desk, unit, band):
    desk.hear("my vitamin d was 30", "ask_result").run(ActionAnswer())
    desk.hear(unit, "inform").run(ActionAnswer())
    assert desk.responses == ["utter_result_meaning"]
    assert desk.payload["results"][0]["bands"] == [band]
    assert [result["unit"] is None for result in desk.slots["lab_results"]] == [False]


def test_calcium_is_said_before_vitamin_d(desk):
    desk.hear("my vitamin d was 18 ng/ml and my calcium 2.8 mmol/L", "inform").run(ActionAnswer())
    assert [message["response"] for message in desk.said] == ["utter_result_meaning"] * 2
    assert desk.said[0]["say"].startswith("Calcium first: 2.8 mmol/L is high.")


def test_what_is_taken_is_asked_with_a_question_about_the_dose(desk):
    desk.hear("how much vitamin d should i take?", "ask_dose").run(ActionAnswer())
    assert desk.responses == ["utter_answer_general", "utter_ask_supplements"]
    desk.hear("1000 IU of D3 a day and a multivitamin with 10 micrograms of vitamin d", "inform").run(ActionAnswer())
    assert desk.responses == ["utter_answer_gate", "utter_answer_general"]
    assert "1,400 IU (35 micrograms)" in desk.said[0]["answer"]
    assert desk.payload["gate"] == {"closed": False}


def test_more_than_the_limit_closes_the_gate(desk):
    desk.hear("i take 50000 iu of vitamin d a week, can i take more?", "ask_dose").run(ActionAnswer())
    assert desk.responses == ["utter_answer_gate"]
    assert "above the general upper limit of 4,000 IU" in desk.said[0]["answer"]
    assert "Do not add vitamin D on your own" in desk.said[0]["answer"]
    assert desk.payload["gate"] == {"closed": True}


def test_an_illness_told_before_closes_the_gate(desk):
    desk.hear("i have sarcoidosis", "inform")
    desk.hear("how much vitamin d should i take?", "ask_dose").run(ActionAnswer())
    assert desk.responses == ["utter_answer_gate", "utter_ask_supplements"]
    assert "Sarcoidosis" in desk.said[0]["answer"]
    assert "400 IU" not in desk.said[0]["answer"]


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
