"""Lists of short facts are read part by part."""

from __future__ import annotations

import pytest

from bot.clinical import read
from bot.nlu.lists import read_lists


@pytest.mark.parametrize(
    ("text", "days", "exposures"),
    [
        ("left calf, 3 wks, vegan, nights", [21], ["vegan"]),
        ("3 wks, vegan", [21], ["vegan"]),
        ("stairs are hard, five weeks", [35], []),
        ("my thighs are weak, for about two months", [60], []),
        ("my legs ache, vegan for ten years", [], ["vegan"]),
        ("my legs ache. it started two weeks ago, i think", None, []),
    ],
)
def test_what_only_a_part_shows(text, days, exposures):
    reading = read_lists(read, text)
    if days is not None:
        assert [item.days for item in reading.durations] == days
    assert [item.exposure for item in reading.exposures] == exposures
    assert all(text[item.start : item.end] == item.span for item in (*reading.durations, *reading.exposures))


@pytest.mark.parametrize("text", ["my calf keeps twitching for six weeks", "vegan", "", "a, b", "no, three months"])
def test_elsewhere_it_is_the_plain_reading(text):
    whole, listed = read(text), read_lists(read, text)
    assert (listed.findings, listed.red_flags, listed.profile) == (whole.findings, whole.red_flags, whole.profile)
    assert len(listed.durations) == len(whole.durations)
