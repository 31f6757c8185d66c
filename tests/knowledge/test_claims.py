"""Questions about the 47 claims of the article, as a table: which claim answers, and what the answer holds."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.clinical import read
from bot.knowledge import load
from bot.knowledge.answering import MOST_WORDS, answer_to
from bot.reading import Exposure, Finding, Reading

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "claims.yml").read_text(encoding="utf-8"))
ASKED = [(row["claim"], ask) for part in ("first", "later", "last") for row in CASES[part] for ask in row["ask"]]
NUMBERS = [str(number) for number in range(47)]
TOPICS = [topic for topic in load().answers if topic != "out_of_scope"]

CLAIM_OF = {"low_sun": "29", "smog": "30", "winter": "31", "high_latitude": "31", "care_home": "32"}


def claim_of(text: str) -> str | None:
    claim = load().claim_index.asked_about(text, read(text))
    return claim.id if claim else None


@pytest.mark.parametrize(("claims", "text"), ASKED, ids=[text for _, text in ASKED])
def test_the_question_finds_its_claim(claims, text):
    assert claim_of(text) in claims


@pytest.mark.parametrize("text", CASES["none"])
def test_another_question_finds_none(text):
    assert claim_of(text) is None


@pytest.mark.parametrize(
    ("typed", "claim"),
    [
        ("is vitamin d stord in the livver?", "3"),
        ("what is osteomalaica?", "19"),
        ("does polution lower vitamin d", "30"),
        ("can low magnesuim cause twiching?", "35"),
        ("what is tetanny", "46"),
    ],
)
def test_a_slip_of_the_finger_is_forgiven(typed, claim):
    assert claim_of(typed) == claim


def test_every_claim_is_there_and_asked_about():
    assert list(load().claims) == NUMBERS
    assert {claim for claims, _ in ASKED for claim in claims} == set(NUMBERS)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_claim_is_answered_with_verdict_grade_and_source_in_few_words(number):
    claim = load().claims[number]
    text = next(text for claims, text in ASKED if number in claims and claim_of(text) == number)
    topic = claim.topics[0]
    (part,) = answer_to(text, read(text), topic).parts
    assert part.kind == "claim"
    assert part.name == load().verdicts[claim.verdict]
    assert part.sources == tuple(claim.sources)
    assert part.badge or claim.record
    assert part.words <= MOST_WORDS
    payload = answer_to(text, read(text), topic).payload([])
    assert payload["topic"] == topic
    assert payload["claims"] == [
        {"id": number, "verdict": claim.verdict, "grades": [item.grade for item in claim.grades]}
    ]


def test_only_the_wrong_university_has_no_grade():
    assert [claim.id for claim in load().claims.values() if not claim.grades] == ["14"]


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("concept", load().concepts)
def test_a_named_symptom_is_answered_for_every_topic(topic, concept):
    info = load().concepts[concept]
    (part,) = answer_to("", Reading(findings=(Finding(concept, status="hypothetical"),)), topic).parts
    assert (part.kind, part.id, part.grades) == ("link", concept, (info.grade,))
    assert info.line == part.text
    assert set(info.sources) <= set(part.sources)
    assert len(part.causes) >= 2
    assert part.causes[0] in info.commoner
    assert part.words <= MOST_WORDS


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("name", load().exposures)
def test_a_named_exposure_is_answered_for_every_topic(topic, name):
    (part,) = answer_to("", Reading(exposures=(Exposure(name, span="it"),)), topic).parts
    assert part.words <= MOST_WORDS
    if part.kind == "claim":  # the article has a claim about it
        assert part.id == CLAIM_OF[name]
    else:
        assert (part.kind, part.id, part.text) == ("exposure", name, load().exposures[name].line)


def test_several_named_things_share_the_room():
    named = ("hair_loss", "fatigue", "low_mood", "muscle_cramp")
    reading = Reading(findings=tuple(Finding(name, status="hypothetical") for name in named))
    parts = answer_to("", reading, "cause").parts
    assert [part.id for part in parts] == list(named)
    assert parts[0].kind == "link"
    assert sum(part.words for part in parts) <= MOST_WORDS
    assert {part.badge for part in parts} == {"LIMITED", "INDIRECT"}


def test_what_is_denied_is_not_answered():
    reading = Reading(findings=(Finding("hair_loss", status="absent"),))
    (part,) = answer_to("", reading, "cause").parts
    assert part.kind == "general"


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("group", ["safety", "t1_conditions"])
def test_where_safety_comes_first_no_amount_is_named(topic, group):
    for name in load().exposure_kinds[group]:
        (part,) = answer_to("", Reading(exposures=(Exposure(name, span="it"),)), topic).parts
        assert "400 IU" not in part.end
