"""The reader against tables of sentences that were written and marked without knowing its rules."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.clinical import read
from bot.knowledge import load
from tests.clinical.marked import Marked, f1, parse, sentences

CASES = Path(__file__).resolve().parents[1] / "cases"
FLOORS = yaml.safe_load((CASES / "floors.yml").read_text(encoding="utf-8"))
LEVELS = ("L0", "L1", "L2", "L3")


@pytest.mark.parametrize("phenomenon", sorted(FLOORS["sentences"]))
def test_a_phenomenon_is_read_no_worse_than_before(phenomenon: str) -> None:
    group = [sentence for sentence in sentences() if sentence.phenomenon == phenomenon]
    assert group
    assert f1(group) >= FLOORS["sentences"][phenomenon]


def test_every_table_has_a_floor_and_known_ids() -> None:
    ids = set(load().concepts) | set(load().exposures)
    assert {s.phenomenon for s in sentences()} == set(FLOORS["sentences"])
    assert {i for s in sentences() for mark in s.marks for i in mark.any_of} <= ids
    assert len(sentences()) >= 1_200


def test_marks_are_cut_out_of_the_text() -> None:
    marked = parse(
        "x", "my <numbness absent body=hand,lower_back side=left>left hand</numbness> for <days 21>three weeks</days>"
    )
    assert marked.text == "my left hand for three weeks"
    assert marked.days == (21.0,)
    assert marked.marks == (Marked(frozenset({"numbness"}), "absent", frozenset({"hand", "lower back"}), "left"),)


def worst(text: str) -> str:
    return min((flag.level for flag in read(text).red_flags), default="L9")


def test_red_flags_are_answered_at_their_level_or_higher() -> None:
    table = yaml.safe_load((CASES / "red_flags.yml").read_text(encoding="utf-8"))
    rows = [(row["text"], row["level"]) for group in table.values() for row in group]
    missed = [text for text, level in rows if worst(text) > level]
    assert len(rows) >= 400
    assert 1 - len(missed) / len(rows) >= FLOORS["red_flags"]["recall"], missed


def test_harmless_sentences_raise_no_urgent_flag() -> None:
    rows = yaml.safe_load((CASES / "no_red_flags.yml").read_text(encoding="utf-8"))
    alarmed = [row["text"] for row in rows if worst(row["text"]) in LEVELS]
    assert len(rows) >= 300
    assert len(alarmed) / len(rows) <= FLOORS["red_flags"]["false_alarms"], alarmed


def test_hard_farewells_and_look_alikes_are_told_apart_no_worse_than_before() -> None:
    table = yaml.safe_load((CASES / "red_flags_hard.yml").read_text(encoding="utf-8"))
    missed = [text for text in table["life_in_danger"] if worst(text) != "L0"]
    alarmed = [text for text in table["harmless"] if worst(text) in LEVELS]
    assert 1 - len(missed) / len(table["life_in_danger"]) >= FLOORS["hard_red_flags"]["recall"], missed
    assert len(alarmed) / len(table["harmless"]) <= FLOORS["hard_red_flags"]["false_alarms"], alarmed
