"""How lengths, places and findings are said."""

from __future__ import annotations

import pytest

from actions import wording
from bot.knowledge import load
from bot.reading import Exposure, Finding, Profile, Reading


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0.02, "less than an hour"), (0.25, "six hours"), (1, "one day"), (3, "three days"), (10, "ten days"),
        (14, "two weeks"), (21, "three weeks"), (42, "six weeks"), (60, "two months"), (90, "three months"),
        (365, "one year"), (730, "two years"), (13, "13 days"), (45, "six weeks"), (400, "13 months"),
    ],
)  # fmt: skip
def test_lengths(days, said):
    assert wording.duration(days) == said


@pytest.mark.parametrize(
    ("finding", "said"),
    [
        (Finding("muscle_twitching", body=("calf",), duration_days=42), "muscle twitching - calf - six weeks"),
        (Finding("muscle_cramp", body=("calf",), side="left"), "muscle cramp - left calf"),
        (Finding("muscle_cramp", side="both"), "muscle cramp - both sides"),
        (Finding("low_back_pain", body=("back",)), "low back pain"),
        (Finding("muscle_cramp", span="Cramps", status="absent"), "no cramps"),
        (Finding("fever", status="absent"), ""),
        (Finding("fever", status="hypothetical"), ""),
        (Finding("fever", status="past"), "fever (in the past)"),
        (Finding("fever", status="other"), "fever (your mother)"),
    ],
)
def test_findings(finding, said):
    assert wording.finding(finding, Profile(about="other", relation="mother")) == said


def test_what_is_there_comes_before_what_is_not_and_exposures_last():
    reading = Reading(
        findings=(Finding("muscle_cramp", span="cramps", status="absent"), Finding("fatigue")),
        exposures=(Exposure("night_shift"), Exposure("vegan"), Exposure("smoking", status="absent")),
    )
    assert wording.noted(reading) == "tiredness; no cramps; night work, vegan diet"


def test_sources_are_numbered_once():
    cited: list[str] = []
    assert wording.marks(("C14", "C15"), cited) == "[1] [2]"
    assert wording.marks(("C33", "C14"), cited) == "[1] [3]"
    assert wording.sources(cited).count("\n") == 2


def test_short_names_are_of_exposures_that_exist():
    assert set(wording.words()["exposures"]) <= set(load().exposures)


def test_nothing_that_is_said_beside_an_urgent_answer_names_the_vitamin():
    everything = Reading(
        findings=tuple(Finding(name) for name in load().concepts),
        exposures=tuple(Exposure(name) for name in load().exposures),
    )
    assert "vitamin d" in wording.noted(everything).casefold()
    said = wording.noted_beside_urgent(everything)
    assert "vitamin d" not in said.casefold()
    assert "high-dose or several supplements" in said
