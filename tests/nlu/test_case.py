"""A reading survives the way through Rasa's entities."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st

from bot import reading as rd
from bot.case import ENTITY_TYPES, reading_of, to_entities
from bot.reading import Duration, Exposure, Finding, LabResult, Profile, Reading, RedFlag, Sign

WORDS = st.text(max_size=12)
OFFSETS = st.integers(0, 2000)
NUMBERS = st.floats(0, 36500, allow_nan=False)


def one_of(kind: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(get_args(kind))


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


SPAN = {"span": WORDS, "start": OFFSETS, "end": OFFSETS}
FINDINGS = st.builds(
    Finding,
    concept=WORDS,
    status=one_of(rd.Status),
    body=st.lists(WORDS, max_size=3).map(tuple),
    side=maybe(one_of(rd.Side)),
    duration_days=maybe(NUMBERS),
    cue=maybe(WORDS),
    onset=maybe(one_of(rd.Onset)),
    course=maybe(one_of(rd.Course)),
    days_ago=maybe(NUMBERS),
    severity=maybe(st.integers(0, 10)),
    **SPAN,
)
EXPOSURES = st.builds(
    Exposure, exposure=WORDS, status=one_of(rd.Status), cue=maybe(WORDS), days_ago=maybe(NUMBERS), **SPAN
)
READINGS = st.builds(
    Reading,
    findings=st.lists(FINDINGS, max_size=4).map(tuple),
    durations=st.lists(st.builds(Duration, days=NUMBERS, kind=WORDS, **SPAN), max_size=3).map(tuple),
    exposures=st.lists(EXPOSURES, max_size=3).map(tuple),
    signs=st.lists(st.builds(Sign, sign=WORDS, status=one_of(rd.Status), **SPAN), max_size=3).map(tuple),
    red_flags=st.lists(st.builds(RedFlag, id=WORDS, level=one_of(rd.Level), **SPAN), max_size=3).map(tuple),
    lab_results=st.lists(
        st.builds(LabResult, test=WORDS, value=NUMBERS, unit=maybe(WORDS), nmol_per_l=maybe(NUMBERS), **SPAN),
        max_size=2,
    ).map(tuple),
    profile=st.builds(
        Profile,
        about=one_of(rd.About),
        relation=maybe(WORDS),
        age=maybe(NUMBERS),
        pregnancy_weeks=maybe(NUMBERS),
        supplement_iu_day=maybe(NUMBERS),
    ),
)


@given(READINGS)
def test_reading_survives_the_tracker(reading: Reading) -> None:
    stored = json.loads(json.dumps(to_entities(reading)))
    assert reading_of(stored) == reading


@given(READINGS)
def test_only_what_is_present_has_no_role(reading: Reading) -> None:
    for entity in to_entities(reading):
        status = entity["reading"].get("status", "present")
        assert entity.get("role", "present") == status
        assert entity["entity"] in ENTITY_TYPES


@given(READINGS)
def test_entities_of_other_extractors_change_nothing(reading: Reading) -> None:
    foreign = [{"entity": "finding", "value": "x", "start": 0, "end": 1}, {"entity": "city", "value": "Leeds"}]
    assert reading_of([*foreign, *to_entities(reading)]) == reading


def test_every_part_of_a_reading_has_an_entity_type() -> None:
    parts = {"profile" if field.name == "profile" else field.name.removesuffix("s") for field in fields(Reading)}
    assert parts == set(ENTITY_TYPES)


def test_silence_is_no_entity() -> None:
    assert to_entities(Reading()) == []
    assert reading_of([]) == Reading()
