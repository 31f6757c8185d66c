"""The scripted talks of ``cases/talks/*.yml``, held with the real servers, against their gold from the knowledge base.

One that is not right fails nothing by itself (its name is printed); what fails is an emergency missed, a share below
the floor, or a turn that does not hold what its script says. Figures: ``python -m tools.talk_figures``.
"""

from __future__ import annotations

from collections import Counter

import pytest

from tools.talks import KEYS, TURN_KEYS, cases, hold, is_right, is_under_triage, outcome

CASES = cases()
RIGHT_AT_LEAST = 0.95
FEWEST = {"red_flags": 40, "linked": 40, "something_else": 30, "safety": 20, "odd": 20}

pytestmark = pytest.mark.server


@pytest.fixture(scope="session")
def outcomes() -> dict[str, bool]:
    """What the talks held so far came to, by name."""
    return {}


def test_there_are_enough_and_each_has_its_basis():
    held = Counter(case["file"] for case in CASES)
    assert all(held[file] >= fewest for file, fewest in FEWEST.items())
    assert len({case["name"] for case in CASES}) == len(CASES)
    assert [case["name"] for case in CASES if not case.get("basis")] == []
    assert {key for case in CASES for key in case} <= {*KEYS, "file"}
    steps = [step for case in CASES for step in case["say"] if isinstance(step, dict)]
    assert {key for step in steps for key in step} <= TURN_KEYS


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"].replace(" ", "_"))
def test_talk(case, say, outcomes):
    held = hold(case, say)
    outcomes[case["name"]] = is_right(case, held)
    assert held.problems == []
    assert not is_under_triage(case, held), f"{case['gold']} was answered with {outcome(held)}"


def test_enough_of_them_end_as_the_knowledge_base_says(outcomes):
    if len(outcomes) < len(CASES):
        pytest.skip("only some of the talks were held")
    wrong = [name for name, right in outcomes.items() if not right]
    assert 1 - len(wrong) / len(CASES) >= RIGHT_AT_LEAST, wrong
