"""Blood results explained: calcium first, both readings without a unit, UK and US side by side, nothing impossible."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clinical import read
from bot.knowledge import load
from bot.knowledge.labs import MOST_UNIT_WORDS, explained, unit_named, with_unit
from bot.reading import LabResult, Reading

from .readings import table

MOST_WORDS = 90


@pytest.mark.parametrize("row", table("results.yml"), ids=lambda row: row["text"])
def test_a_told_result_is_explained(row):
    said = explained(read(row["text"]).lab_results, load())
    assert [item.kind for item in said] == row["kinds"]
    assert [list(item.bands) for item in said] == row["bands"]
    text = " ".join(item.say for item in said)
    for words in row.get("says", ()):
        assert words in text
    for item in said:
        assert len(item.say.split()) <= MOST_WORDS
        assert " IU" not in item.say
        if item.kind in ("known", "open"):
            assert item.say.count("UK scale") == item.say.count("US scale") == max(1, len(item.bands))
            assert item.sources


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("ng/mL", "ng/mL"),
        ("it says nmol/L", "nmol/L"),
        ("nmol", "nmol/L"),
        ("NMOL/L", "nmol/L"),
        ("the unit is nanograms", "ng/mL"),
        ("not sure", None),
        ("ng or nmol?", None),
        ("my vitamin d was 18 ng/ml", None),
        ("", None),
        (" ".join(["word"] * MOST_UNIT_WORDS) + " nmol", None),
    ],
)
def test_a_message_that_only_names_the_unit_is_understood(text, unit):
    assert unit_named(text, load()) == unit


def test_the_unit_completes_the_result_and_replaces_it():
    first = Reading(lab_results=(LabResult("25-oh-d", 18.0), LabResult("calcium", 2.4, "mmol/L")))
    later = Reading(lab_results=with_unit(first.lab_results, "ng/mL"))
    merged = first.merged(later)
    assert {(item.test, item.unit, item.nmol_per_l) for item in merged.lab_results} == {
        ("calcium", "mmol/L", None),
        ("25-oh-d", "ng/mL", 44.9),
    }
    assert merged.merged(later) == merged


@given(st.floats(0.01, 5000), st.sampled_from(["ng/mL", "nmol/L", None]))
def test_every_number_gets_a_sentence_and_never_two_meanings_with_a_unit(value, unit):
    nmol = None if unit is None else value * 2.496 if unit == "ng/mL" else value
    (item,) = explained([LabResult("25-oh-d", value, unit, nmol)], load())
    assert item.kind in (("known", "questioned") if unit else ("open", "questioned"))
    assert item.say


@pytest.mark.parametrize("band", load().testing.bands, ids=lambda band: band.id)
def test_every_band_says_what_happens_next_and_no_amount(band):
    assert band.next.startswith("What usually happens next")
    assert not any(word in band.next + band.say for word in (" IU", "microgram", "mcg"))
