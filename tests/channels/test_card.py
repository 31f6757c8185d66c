"""The result as headings and sentences."""

from __future__ import annotations

import json
from pathlib import Path

from bot.channels.card import sections, title, with_card_alone
from bot.channels.texts import text as words

LINK = {
    "concept": "muscle_twitching", "name": "Muscle twitching", "grade": "I", "badge": "INDIRECT",
    "meaning": "Can happen.", "line": "Usually harmless.", "other_causes": ["stress", "caffeine"], "sources": [1, 2],
}  # fmt: skip
CARD = {
    "title": "Discuss the test", "because": "six weeks", "see_doctor": ["See a GP."], "results": [], "links": [LINK],
    "advice": ["Worth raising."], "tests": [{"id": "25-oh-d", "name": "25-hydroxyvitamin D", "why": "shows it"}],
    "safety_net": ["Get help now if it gets worse."],
    "sources": [{"id": "C1", "text": "NHS", "url": "https://nhs.example/a"}, {"id": "C2", "text": "NICE", "url": ""}],
}  # fmt: skip
BUTTON = {"title": "Why?", "payload": "Why?"}
TURN = [
    {"text": "Noted: twitching."},
    {"text": "See a GP.", "custom": {"type": "part", "of": "assessment"}},
    {"text": "Worth raising.", "custom": {"type": "assessment", "tier": "T2", "card": CARD}},
    {"text": "Get help now.", "buttons": [BUTTON], "custom": {"type": "part", "of": "assessment"}},
]


def test_every_part_is_there_once_in_the_order_of_the_page():
    assert [section.kind for section in sections(CARD)] == [
        "first", "advice", "link", "tests", "safety_net", "sources", "note",
    ]  # fmt: skip
    assert title(CARD) == "Your result: Discuss the test"


def test_a_symptom_has_its_badge_its_meaning_its_sources_and_other_causes():
    link = next(section for section in sections(CARD) if section.kind == "link")
    assert (link.title, link.badge) == ("Muscle twitching", "INDIRECT")
    assert link.lines == ("Can happen. [1] [2]", "Usually harmless.", "More often it is: stress, caffeine.")


def test_a_cause_with_a_comma_does_not_look_like_two():
    link = {**LINK, "other_causes": ["hard, long exercise", "stress"]}
    assert "hard, long exercise; stress" in sections({"links": [link]})[0].lines[-1]


def test_sources_are_numbered_as_they_are_cited():
    sources = next(section for section in sections(CARD) if section.kind == "sources")
    assert sources.lines == ("[1] NHS https://nhs.example/a", "[2] NICE")


def test_where_there_is_a_card_it_stands_for_the_sentences_and_their_buttons_follow():
    assert with_card_alone(TURN) == [TURN[0], TURN[2], {"buttons": [BUTTON]}]
    assert with_card_alone(TURN[:2]) == TURN[:2]


def test_the_words_are_those_of_the_page():
    page = json.loads((Path(__file__).parents[2] / "web/src/words/en.json").read_text(encoding="utf-8"))["card"]
    assert words("card.untitled") == page["title"]
    pairs = {"first": "first", "results": "lab", "advice": "advice", "tests": "tests", "safety_net": "safety",
             "sources": "sources", "note": "note"}  # fmt: skip
    assert {ours: words(f"card.{ours}") for ours in pairs} == {ours: page[theirs] for ours, theirs in pairs.items()}
