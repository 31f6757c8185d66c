"""The training examples fit the domain, the topics and the word lists."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from bot.clinical import read

ROOT = Path(__file__).parents[2]
TOPICS = {
    "symptoms", "cause", "definition", "test", "result", "dose", "too_much", "side_effects", "sun", "food", "forms",
    "risk", "recovery", "other_nutrients",
}  # fmt: skip
FEWEST = {"inform": 100, "out_of_scope": 150}
FEWEST_OTHERWISE = 50


def blocks() -> list[dict[str, Any]]:
    files = sorted((ROOT / "data/nlu").rglob("*.yml"))
    return [block for path in files for block in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu", ())]


def examples() -> list[tuple[str, str]]:
    return [(line[2:].strip(), block["intent"]) for block in blocks() for line in block["examples"].splitlines()]


def plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text.lower()).strip()


def test_intents_are_those_of_the_domain() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    assert {intent for _, intent in examples()} == set(domain["intents"])


def test_every_question_topic_has_its_intent() -> None:
    asked = {intent.removeprefix("ask_") for _, intent in examples() if intent.startswith("ask_")}
    assert asked - {"my_doctor"} == TOPICS


def test_each_file_of_questions_holds_the_questions_of_its_topic() -> None:
    held = {
        path.stem: {block["intent"] for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]}
        for path in (ROOT / "data/nlu/questions").glob("*.yml")
    }
    assert held == {topic: {f"ask_{topic}"} for topic in TOPICS}


def test_no_example_stands_twice() -> None:
    texts = Counter(plain(text) for text, _ in examples() if plain(text))
    assert {text: count for text, count in texts.items() if count > 1} == {}


def test_enough_examples_of_each_intent() -> None:
    counts = Counter(intent for _, intent in examples())
    few = {i: count for i, count in counts.items() if count < FEWEST.get(i, FEWEST_OTHERWISE)}
    assert few == {}


def test_examples_carry_no_annotation() -> None:
    assert [text for text, _ in examples() if re.search(r"\]\(|\]\{|^/", text)] == []


def test_out_of_scope_examples_name_no_symptom() -> None:
    outside = [text for text, intent in examples() if intent == "out_of_scope"]
    readings = {text: read(text) for text in outside}
    named = {t: r for t, r in readings.items() if r.findings or r.exposures or r.red_flags}
    assert named == {}
