"""Where somebody lives (cases/countries.yml), for the national advice that a result may name."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.clinical import read
from bot.clinical.countries import PATH
from bot.clinical.wordlists import load_words, plain
from bot.knowledge import load

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "countries.yml").read_text(encoding="utf-8"))
ELSEWHERE = "elsewhere"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_a_country_is_heard_where_it_is_said(case):
    assert set(case) <= {"text", "country"}
    assert read(case["text"]).profile.country == case.get("country")


def test_every_country_has_its_national_advice():
    countries = set(plain(load_words(PATH)["countries"])) - {ELSEWHERE}
    assert countries
    assert all(countries <= set(advice.say) for advice, _ in load().supplement)


def test_the_country_told_last_counts_and_silence_changes_nothing():
    talk = read("I live in the UK").merged(read("my legs ache"))
    assert talk.profile.country == "UK"
    assert talk.merged(read("I moved to Spain")).profile.country == ELSEWHERE
