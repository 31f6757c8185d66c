"""Durations: the table of sentences, and what must hold for any wording."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.clinical.durations import find_durations, time_expressions
from bot.clinical.tokens import tokenize
from bot.reading import Finding

CASES: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "durations.yml").read_text(encoding="utf-8")
)
STATED = [case for group in ("lengths", "problem", "none") for case in CASES[group]]
WITHIN = 0.2


def days_of(text: str) -> list[float]:
    return [found.days for found in find_durations(tokenize(text), text)]


@pytest.mark.parametrize("case", STATED, ids=lambda case: case["text"])
def test_sentence_states_these_durations(case: dict[str, Any]) -> None:
    found = find_durations(tokenize(case["text"]), case["text"])
    assert [item.days for item in found] == pytest.approx(case["days"], rel=WITHIN)
    if "kind" in case:
        assert [item.kind for item in found] == [case["kind"]]


@pytest.mark.parametrize("case", CASES["roles"], ids=lambda case: case["text"])
def test_every_time_has_its_role(case: dict[str, Any]) -> None:
    found = time_expressions(tokenize(case["text"]), case["text"])
    assert [item.role for item in found] == [role for _, role in case["roles"]]
    for item, (days, _) in zip(found, case["roles"], strict=True):
        assert item.days == (days if days is None else pytest.approx(days, rel=WITHIN))


def test_a_denied_finding_does_not_own_the_time() -> None:
    text = "my gait has not been odd for 3 weeks"
    odd = Finding("unsteadiness", "gait", text.index("gait"), text.index(" for"), status="absent")
    assert find_durations(tokenize(text), text, [odd]) == ()


def test_a_finding_owns_the_time_whatever_its_words() -> None:
    text = "my legs went wibble for 3 weeks"
    finding = Finding("legs_give_way", "went wibble", text.index("went"), text.index(" for"))
    assert [d.days for d in find_durations(tokenize(text), text, [finding])] == [21]


def test_a_known_exposure_owns_a_time_that_no_complaint_claims() -> None:
    text = "Grovex for three years, it helps"
    found = time_expressions(tokenize(text), text, (), [(0, 1)])
    assert [item.role for item in found] == ["state"]


@pytest.mark.parametrize("case", STATED, ids=lambda case: case["text"])
def test_case_does_not_matter(case: dict[str, Any]) -> None:
    assert days_of(case["text"].upper()) == days_of(case["text"].lower())


@given(st.sampled_from(STATED), st.sampled_from([" ", "  ", " \t "]), st.sampled_from(["", "  "]))
def test_white_space_does_not_matter_and_offsets_cut_the_span(case: dict[str, Any], space: str, lead: str) -> None:
    text = lead + case["text"].replace(" ", space)
    found = find_durations(tokenize(text), text)
    assert [item.days for item in found] == days_of(case["text"])
    assert all(text[item.start : item.end] == item.span for item in found)


@given(st.text(max_size=80))
def test_any_text_is_read_without_error(text: str) -> None:
    for item in time_expressions(tokenize(text), text):
        assert text[item.start : item.end] == item.span


@given(st.integers(2, 400), st.sampled_from([("days", 1), ("weeks", 7), ("months", 30), ("years", 365)]))
def test_number_times_unit(count: int, unit: tuple[str, int]) -> None:
    assert days_of(f"my calf has been cramping for {count} {unit[0]}") == [count * unit[1]]
