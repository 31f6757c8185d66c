"""Plain words: the reading age of all the bot says by itself, British names with the American ones beside them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import textstat
import yaml

from bot.knowledge import load

ROOT = Path(__file__).parents[1]
RESPONSES: dict[str, list[dict[str, Any]]] = {
    name: variants
    for path in sorted((ROOT / "data" / "nlu" / "responses").glob("*.yml"))
    for name, variants in yaml.safe_load(path.read_text(encoding="utf-8"))["responses"].items()
}
# Flesch-Kincaid grade 7 is read at the age of 12; below a dozen words a formula says nothing.
HIGHEST_GRADE, FEWEST_WORDS = 7.0, 12
OTHER_LANGUAGES = re.compile(r"^(Deutsch|Français|Español|Italiano|Português|Polski|Türkçe).*$", re.MULTILINE)


def texts() -> list[Any]:
    said = {f"{name}-{n}": one["text"] for name, several in RESPONSES.items() for n, one in enumerate(several)}
    said |= {question.id: question.text for _, question in load().intake.questions()}
    return [pytest.param(as_said(text), id=name) for name, text in said.items()]


def as_said(text: str) -> str:
    """With a short word for whatever the program fills in, and only the English."""
    return " ".join(re.sub(r"\{\w+\}", "this", OTHER_LANGUAGES.sub("", text)).split())


@pytest.fixture(scope="module", autouse=True)
def english() -> None:
    textstat.set_lang("en_GB")


@pytest.mark.parametrize("text", texts())
def test_a_twelve_year_old_can_read_it(text):
    if len(text.split()) >= FEWEST_WORDS:
        assert textstat.flesch_kincaid_grade(text) <= HIGHEST_GRADE


def test_the_measure_tells_hard_words_from_plain_ones():
    hard = (
        "Supplementation is contraindicated in individuals with pre-existing hypercalcaemia or granulomatous disorders."
    )
    plain = (
        "Please do not take it if your blood has too much calcium. Ask your doctor first, and tell them why you ask."
    )
    assert textstat.flesch_kincaid_grade(plain) <= HIGHEST_GRADE < textstat.flesch_kincaid_grade(hard)


@pytest.mark.parametrize("text", texts())
def test_british_names_have_the_american_ones_beside_them(text):
    assert not re.search(r"\bA&E\b(?! / the ER)", text)
    assert ("999" in text) == ("911" in text)
    assert not re.search(r"\bGP\b(?! \(family doctor\))", text)


@pytest.mark.parametrize("text", texts())
def test_british_spelling(text):
    american = re.findall(r"\b\w*(?:color|favor|behavior|center|tumor|pediatric|anemia|diarrhea)\w*\b", text.lower())
    assert american == []


def test_what_is_said_often_has_more_than_one_wording():
    often = ("utter_back_to_question", "utter_not_understood", "utter_changed", "utter_thanks", "utter_out_of_scope")
    assert [name for name in often if len(RESPONSES[name]) < 2] == []
    levels = [variant["condition"][0]["value"] for variant in RESPONSES["utter_red_flag_again"]]
    assert all(levels.count(level) >= 2 for level in ("L0", "L1", "L2", "L3"))
