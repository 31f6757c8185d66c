"""The supplement gate: what is taken already is added up, and closes the gate above the limit or with an illness."""

from __future__ import annotations

import pytest

from bot.clinical import read
from bot.knowledge import load
from bot.knowledge.answering import GATED, MOST_WORDS, answer_to
from bot.knowledge.gate import gate_of

from .readings import table


@pytest.mark.parametrize("row", table("supplements.yml"), ids=lambda row: row["text"])
def test_what_is_taken_is_added_up_and_gated(row):
    case = read(row["text"])
    assert case.profile.supplement_iu_day == row["iu"]
    gate = gate_of(case)
    assert (None if gate is None else gate.closed) == row["closed"]
    if gate is None:
        return
    refused = load().ladder.tiers["T4"].say[0]
    assert (refused in gate.say) == row["closed"]
    assert gate.sources
    if row["iu"] is not None:
        assert f"{row['iu']:,.0f} IU" in gate.say


@pytest.mark.parametrize("row", table("supplements.yml"), ids=lambda row: row["text"])
@pytest.mark.parametrize("topic", GATED)
def test_the_gate_speaks_before_anything_about_taking_it(row, topic):
    case = read(row["text"])
    answered = answer_to("", read(""), topic, case)
    assert (answered.gate is not None) == (row["closed"] is not None)
    if answered.gate is not None:
        assert answered.parts[0].kind == "gate"
        assert len(answered.parts) == (1 if row["closed"] else 2)
    assert sum(part.words for part in answered.parts) <= MOST_WORDS


@pytest.mark.parametrize("topic", ["sun", "food", "test"])
def test_other_questions_are_not_gated(topic):
    assert answer_to("", read(""), topic, read("I take 10,000 IU of vitamin d daily")).gate is None
