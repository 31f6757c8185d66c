"""Blood results: the table of sentences, the units the rules compare, and what must hold for any wording."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.clinical.lab_results import find_lab_results, in_rule_unit
from bot.clinical.tokens import tokenize

CASES: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "lab_results.yml").read_text(encoding="utf-8")
)
SENTENCES = CASES["results"] + CASES["none"]


def found_in(text: str) -> list[list[object]]:
    return [[item.test, item.value, item.unit] for item in find_lab_results(tokenize(text), text)]


@pytest.mark.parametrize("case", SENTENCES, ids=lambda case: case["text"])
def test_sentence_reports_these_results(case: dict[str, Any]) -> None:
    assert found_in(case["text"]) == case["found"]
    if "nmol" in case:
        assert [item.nmol_per_l for item in find_lab_results(tokenize(case["text"]), case["text"])] == [case["nmol"]]


@pytest.mark.parametrize("case", CASES["rule_units"], ids=lambda case: f"{case['test']} {case['unit']}")
def test_value_in_the_unit_of_the_rules(case: dict[str, Any]) -> None:
    becomes = in_rule_unit(case["test"], case["value"], case["unit"])
    assert becomes == (None if case["becomes"] is None else pytest.approx(case["becomes"]))


@given(st.sampled_from(SENTENCES), st.sampled_from([str.upper, str.lower, str.title]))
def test_case_does_not_matter(case: dict[str, Any], change: Any) -> None:
    assert found_in(change(case["text"])) == case["found"]


@given(st.sampled_from(SENTENCES), st.sampled_from(["  ", " \t"]), st.sampled_from(["", "  "]))
def test_white_space_does_not_matter_and_offsets_cut_the_span(case: dict[str, Any], space: str, lead: str) -> None:
    text = lead + case["text"].replace(" ", space)
    assert found_in(text) == case["found"]
    assert all(text[item.start : item.end] == item.span for item in find_lab_results(tokenize(text), text))


@given(st.text(max_size=80))
def test_any_text_is_read_without_error(text: str) -> None:
    for item in find_lab_results(tokenize(text), text):
        assert text[item.start : item.end] == item.span


@given(st.integers(1, 400), st.sampled_from(["ng/mL", "nmol/L"]))
def test_vitamin_d_is_converted_only_by_its_unit(value: int, unit: str) -> None:
    text = f"my vitamin D was {value} {unit}"
    results = find_lab_results(tokenize(text), text)
    if unit == "nmol/L" and value < 3:
        assert [r.nmol_per_l for r in results] == [None]  # no body has so little: read, to be questioned
        return
    expected = value * 2.496 if unit == "ng/mL" else value
    assert [r.nmol_per_l for r in results] == [pytest.approx(expected, abs=0.051)]
