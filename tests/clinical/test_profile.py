"""Whom a text is about and what vitamin D they take: tables, and what must hold for any wording."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.clinical.doses import supplement_iu_day
from bot.clinical.profile import find_profile
from bot.clinical.tokens import tokenize
from bot.reading import Profile

CASES: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "profile.yml").read_text(encoding="utf-8")
)


def expected(case: dict[str, Any]) -> Profile:
    return Profile(case.get("about", "self"), case.get("relation"), case.get("age"), case.get("weeks"))


@pytest.mark.parametrize("case", CASES["people"], ids=lambda case: case["text"])
def test_text_is_about_this_person(case: dict[str, Any]) -> None:
    assert find_profile(tokenize(case["text"]), case["text"]) == expected(case)


@pytest.mark.parametrize("case", CASES["doses"], ids=lambda case: case["text"])
def test_vitamin_d_taken_a_day(case: dict[str, Any]) -> None:
    assert supplement_iu_day(tokenize(case["text"]), case["text"]) == case["iu"]


@given(st.sampled_from(CASES["people"]), st.sampled_from(["  ", " \t"]))
def test_white_space_does_not_change_the_person(case: dict[str, Any], space: str) -> None:
    text = case["text"].replace(" ", space)
    assert find_profile(tokenize(text), text) == expected(case)


@given(st.sampled_from(CASES["people"]), st.sampled_from([str.upper, str.lower]))
def test_case_does_not_change_the_person(case: dict[str, Any], change: Any) -> None:
    assert find_profile(tokenize(change(case["text"])), change(case["text"])) == expected(case)


@given(st.sampled_from(CASES["doses"]), st.sampled_from([str.upper, str.lower]))
def test_case_does_not_change_the_dose(case: dict[str, Any], change: Any) -> None:
    assert supplement_iu_day(tokenize(change(case["text"])), change(case["text"])) == case["iu"]


@given(st.text(max_size=80))
def test_any_text_is_read_without_error(text: str) -> None:
    profile = find_profile(tokenize(text), text)
    assert profile.age is None or profile.age >= 0
    dose = supplement_iu_day(tokenize(text), text)
    assert dose is None or dose >= 0


@given(st.integers(1, 100))
def test_micrograms_are_forty_iu(count: int) -> None:
    text = f"I take {count} mcg of vitamin D a day"
    assert supplement_iu_day(tokenize(text), text) == count * 40


@given(st.integers(18, 110))
def test_an_adult_writer_keeps_their_age(years: int) -> None:
    text = f"I'm {years} and my calves cramp"
    assert find_profile(tokenize(text), text) == Profile(age=years)
