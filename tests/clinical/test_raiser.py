"""The learned part of the red flags: it raises, and never lowers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clinical import LexiconError, Reader, load_lexicon, read
from bot.clinical.raiser import WEIGHTS, load_raiser, read_weights
from bot.knowledge import load
from bot.knowledge.red_flags import urgent_answer
from bot.reading import RedFlag
from tools.train_raiser import ALLOWED, BODY, text_digest

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "raised.yml").read_text(encoding="utf-8"))
RULES_ONLY = Reader(load_lexicon(), raiser=None)
URGENT = ("L0", "L1", "L2")


@pytest.mark.parametrize("row", CASES["raised"], ids=lambda row: row["text"])
def test_an_emergency_that_no_rule_knows_is_raised(row):
    flag = read(row["text"]).red_flags[0]
    assert flag.learned
    assert flag.level <= row["level"]
    assert flag.id in load().red_flags
    assert flag.span == row["text"][flag.start : flag.end] != ""


@pytest.mark.parametrize("text", CASES["left_alone"])
def test_what_is_harmless_denied_over_or_only_asked_is_left_alone(text):
    assert not any(flag.learned for flag in read(text).red_flags)


TEXTS = [row["text"] for row in CASES["raised"]] + CASES["left_alone"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3).map(". ".join))
def test_nothing_that_the_rules_say_is_removed_or_lowered(text):
    by_rules, with_learned = RULES_ONLY.read(text), read(text)
    assert replace(with_learned, red_flags=()) == replace(by_rules, red_flags=())
    levels = {flag.id: flag.level for flag in with_learned.red_flags}
    assert all(levels[flag.id] <= flag.level for flag in by_rules.red_flags)
    assert [flag.level for flag in with_learned.red_flags] == sorted(levels.values())


def test_where_a_rule_is_urgent_the_learned_part_is_silent():
    for text in ("crushing chest pain and sweating", "i want to kill myself"):
        assert read(text).red_flags == RULES_ONLY.read(text).red_flags != ()


def test_a_learned_flag_claims_no_rule_but_the_crisis_line_stays():
    text = urgent_answer(RedFlag("RF-06", "L1", learned=True)).text
    assert text.startswith(load().levels["L1"].say)
    assert load().learned in text
    assert urgent_answer(RedFlag("RF-00", "L0", learned=True)).text == load().red_flags["RF-00"].say


def test_every_label_is_a_rule_of_the_knowledge_base_and_a_level_that_may_be_raised():
    labels = load_raiser().weights.labels
    assert {rule for rule, _ in labels} <= set(load().red_flags)
    assert {level for _, level in labels} <= set(URGENT)


def test_the_weights_are_those_of_the_texts_of_this_checkout():
    assert load_raiser().weights.digest == text_digest(), "the texts have changed: run `make raiser`"


def test_few_harmless_texts_are_allowed_to_be_raised():
    assert max(ALLOWED[BODY]) <= 0.01


def broken(path: Path, **changes: object) -> Path:
    with np.load(WEIGHTS) as stored:
        arrays = {**{name: stored[name] for name in stored.files}, **changes}
    np.savez(path, **{name: array for name, array in arrays.items() if array is not None})
    return path


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"alarm": None}, "missing or unknown: alarm"),
        ({"more": np.zeros(1)}, "missing or unknown: more"),
        ({"idf": np.zeros((1, 2))}, "idf has the shape"),
        ({"labels": np.array(["RF-01"]), "names": np.zeros((8192, 1)), "names_bias": np.zeros(1)}, "label"),
    ],
)
def test_weights_that_cannot_be_used_are_refused(tmp_path, changes, complaint):
    with pytest.raises(LexiconError, match=complaint):
        read_weights(broken(tmp_path / "raiser.npz", **changes))


def test_a_file_that_is_no_weights_is_refused(tmp_path):
    (tmp_path / "raiser.npz").write_text("no weights")
    with pytest.raises(LexiconError, match=r"raiser\.npz: cannot be read"):
        read_weights(tmp_path / "raiser.npz")
    with pytest.raises(LexiconError, match="cannot be read"):
        read_weights(tmp_path / "none.npz")
