"""The ladder against its table, and what every assessment must hold."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clinical import read
from bot.knowledge import load
from bot.knowledge.assess import assess
from bot.knowledge.labs import band_of
from bot.knowledge.reasons import time_of
from bot.reading import Exposure, Finding, Profile, RedFlag

from .readings import reading, table

ROWS = table("assessments.yml")


def assessed(row):
    said = reading(row["say"], row.get("who"), row.get("labs", ()))
    return assess(said.findings, said.exposures, said.profile, signs=said.signs, lab_results=said.lab_results)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['line']}: {', '.join(row['say'])}")
def test_tier_follows_the_table(row):
    result = assessed(row)
    assert (result.tier, result.rule) == (row["tier"], row["rule"])
    assert result.also_t1 == row.get("also_t1")
    assert set(row.get("tests", [])) <= set(result.tests)
    assert not set(row.get("without", [])) & set(result.tests)
    if row.get("tests") == []:
        assert result.tests == ()
    assert row.get("says", "") in " ".join(result.advice)
    for name in row.get("because", []):
        assert any(name.casefold() in because.casefold() or _weak(name, because) for because in result.because)


def _weak(name, because):
    return name == "proximal" and because == load().concepts["proximal_weakness"].name


def test_table_is_large_and_reaches_every_rule():
    assert len(ROWS) >= 60
    assert {row["rule"] for row in ROWS} == {rule.id for rule in load().ladder.rules}


@pytest.mark.parametrize("concept", load().concepts.values(), ids=lambda concept: concept.id)
def test_link_is_honest_and_names_other_causes(concept):
    result = assess([Finding(concept.id, duration_days=5)], [], Profile())
    if result.tier == "T0":
        assert result.links == ()
        return
    (link,) = result.links
    assert (link.grade, link.line) == (concept.grade, concept.line)
    assert link.badge == load().grades[concept.grade].badge
    assert set(link.sources) <= set(load().sources)
    assert len(link.other_causes) >= 2
    assert set(link.other_causes) & set(concept.commoner)
    only_background = {load().sources[source].verification for source in link.sources} <= {"B", "U"}
    assert (link.note is not None) == only_background


def test_cause_that_an_exposure_makes_likely_comes_first():
    result = assess([Finding("muscle_ache", duration_days=10)], [Exposure("statin")], Profile())
    assert result.links[0].other_causes[0] == "your statin"
    assert set(load().concepts["muscle_ache"].commoner) & set(result.links[0].other_causes)


@pytest.mark.parametrize("row", table("clues.yml"), ids=lambda row: row["text"])
def test_the_cause_a_person_gives_a_clue_to_comes_first(row):
    said = read(row["text"])
    result = assess(said.findings, said.exposures, said.profile, signs=said.signs)
    link = next(link for link in result.links if link.concept == row["concept"])
    first = next(cause for cause in load().causes if cause.id == row["first"])
    assert link.other_causes[0] == first.name
    assert first.name in link.mentioned
    assert set(load().concepts[row["concept"]].commoner) & set(link.other_causes)


def test_without_a_clue_nothing_is_marked_as_mentioned():
    (link,) = assess([Finding("muscle_twitching", duration_days=3)], [], Profile()).links
    assert link.mentioned == ()


def test_the_result_says_which_rule_fired_and_on_what():
    weak = Finding("proximal_weakness", body=("thigh",), side="both", duration_days=60)
    result = assess([weak], [Exposure("ckd", span="kidney disease")], Profile())
    assert (result.tier, result.rule, result.also_t1) == ("T4", "T4", "T1a")
    assert result.reasons == ("Chronic kidney disease or dialysis",)
    assert result.also_reasons == (f"{load().concepts['proximal_weakness'].name} (both sides, thigh) for 2 months",)
    assert result.to_payload()["because"] == [*result.reasons, *result.also_reasons]
    assert "calcium" in result.reason


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0.25, "0.2 days"),
        (1, "1 day"),
        (13, "13 days"),
        (14, "2 weeks"),
        (42, "6 weeks"),
        (60, "2 months"),
        (730, "2 years"),
    ],
)
def test_a_length_of_time_is_said_in_its_longest_fitting_unit(days, said):
    assert time_of(days, load().ladder.reasons) == said


@pytest.mark.parametrize(
    ("who", "exposures", "words"),
    [
        ({"about": "infant", "age": 0.5}, [], "lower amounts"),
        ({"about": "child", "age": 3}, [], "adult products"),
        ({"age": 15}, [], "adult products"),
        ({}, ["pregnant"], "midwife"),
        ({}, ["breastfeeding"], "midwife"),
        ({}, [], "little sun"),
        ({"about": "other", "age": 82}, [], "little sun"),
    ],
)
def test_standard_advice_is_that_for_whom_the_talk_is_about(who, exposures, words):
    advice = assess([], [Exposure(name, span=name) for name in exposures], Profile(**who)).advice
    assert words in advice[-1]


@pytest.mark.parametrize("country", ["UK", "US", "Canada"])
@pytest.mark.parametrize("advice", load().ladder.supplement, ids=lambda advice: advice.id)
def test_standard_advice_is_there_for_each_country_with_sources(advice, country):
    assert country in advice.say[country]
    assert advice.sources


@pytest.mark.parametrize(
    ("who", "exposures", "words"),
    [
        ({"about": "child", "age": 6}, [], "children's doctor"),
        ({"about": "infant"}, [], "health visitor"),
        ({"about": "other", "relation": "mother"}, [], "somebody else"),
        ({}, ["pregnant"], "midwife"),
    ],
)
@pytest.mark.parametrize("tier", ["T2", "T3", "T4"])
def test_children_pregnancy_and_somebody_else_have_their_own_words(who, exposures, words, tier):
    status = "present" if who.get("about", "self") == "self" else "other"
    said = {
        "T2": ([Finding("fatigue", status=status, duration_days=60)], ["low_sun"]),
        "T3": ([Finding("fatigue", status=status, duration_days=3)], []),
        "T4": ([], ["sarcoidosis"]),
    }[tier]
    there = [Exposure(name, span=name, status=status) for name in (*said[1], *exposures)]
    result = assess(said[0], there, Profile(**who))
    assert result.tier == tier or who.get("about") == "infant"
    assert words in " ".join(result.advice)


def test_see_a_doctor_comes_with_a_level_four_flag_and_ladder_goes_on():
    result = assess([Finding("muscle_twitching", duration_days=42)], [Exposure("low_sun")], Profile())
    assert [flag.id for flag in result.red_flags] == ["RF-21"]
    assert result.see_doctor == (load().red_flags["RF-21"].say,)
    assert result.tier == "T2"


def test_flag_raised_earlier_is_never_lowered():
    result = assess([Finding("fatigue")], [], Profile(), flags=[RedFlag("RF-04", "L1")])
    assert result.tier == "T0"
    assert result.red_flags[0] == RedFlag("RF-04", "L1")


def test_urgent_result_says_nothing_on_links_or_tests():
    result = assess([Finding("hand_foot_spasm"), Finding("fatigue")], [Exposure("coeliac")], Profile())
    assert (result.tier, result.links, result.tests, result.see_doctor) == ("T0", (), (), ())


def test_safety_net_tells_the_same_day_and_now():
    lines = assess([Finding("muscle_cramp", duration_days=3)], [], Profile()).safety_net
    assert lines[0].startswith("Get help the same day")
    assert "swollen, hot or red" in lines[0]
    assert lines[1].startswith("Get help now")
    assert lines[-1] == load().safety_net.always


@pytest.mark.parametrize(
    ("country", "words"),
    [("UK", "October"), ("US", "600 IU"), ("Canada", "600 IU"), (None, "pharmacist"), ("NZ", "pharmacist")],
)
def test_supplement_sentence_follows_the_country(country, words):
    advice = assess([], [Exposure("low_sun")], Profile(country=country)).advice
    assert words in advice[-1]


@pytest.mark.parametrize(
    ("nmol", "band"),
    [
        (24.9, "low"), (25, "borderline"), (49.9, "borderline"), (50, "sufficient"), (75, "enough"),
        (125, "enough"), (125.1, "higher"), (250, "higher"), (250.1, "high"), (374, "high"), (374.4, "toxic"),
    ],
)  # fmt: skip
def test_band_edges_belong_where_printed(nmol, band):
    assert band_of(nmol, load()).id == band


def test_result_without_unit_is_read_both_ways():
    said = reading([], labs=["25-oh-d 30"])
    (line,) = assess([], [], Profile(), lab_results=said.lab_results).results
    assert f"As ng/mL it is {band_of(30 * 2.496, load()).label} - UK scale" in line
    assert f"As nmol/L it is {band_of(30, load()).label} - UK scale" in line


CONCEPTS, EXPOSURES = st.sampled_from(sorted(load().concepts)), st.sampled_from(sorted(load().exposures))
STATUSES = st.sampled_from(["present", "absent", "past", "other", "hypothetical"])
FINDINGS = st.lists(
    st.builds(Finding, CONCEPTS, status=STATUSES, duration_days=st.sampled_from([None, 3.0, 14.0, 28.0, 60.0])),
    max_size=5,
)
PROFILES = st.builds(
    Profile, about=st.sampled_from(["self", "child", "infant", "other"]), age=st.sampled_from([None, 0.5, 5, 30, 70])
)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(FINDINGS, st.lists(st.builds(Exposure, EXPOSURES, status=STATUSES), max_size=5), PROFILES)
def test_assess_is_pure_and_its_payload_names_only_what_exists(findings, exposures, profile):
    before = copy.deepcopy((findings, exposures, profile))
    result = assess(findings, exposures, profile)
    assert result == assess(findings, exposures, profile)
    assert (findings, exposures, profile) == before
    payload = json.loads(json.dumps(result.to_payload()))
    knowledge = load()
    assert payload["type"] == "assessment"
    assert payload["tier"] in knowledge.ladder.tiers
    assert payload["rule"] in {rule.id for rule in knowledge.ladder.rules}
    assert set(payload["tests"]) <= {test.id for test in knowledge.testing.tests}
    assert {item["concept"] for item in payload["findings"]} <= set(knowledge.concepts)
    for link in payload["links"]:
        assert link["grade"] in knowledge.grades
        assert set(link["sources"]) <= set(knowledge.sources)
    assert payload["safety_net"]


@settings(max_examples=100, derandomize=True, deadline=None)
@given(
    FINDINGS, st.lists(st.builds(Exposure, EXPOSURES, status=STATUSES), max_size=4), st.randoms(use_true_random=False)
)
def test_order_changes_neither_tier_nor_tests(findings, exposures, random):
    result = assess(findings, exposures, Profile())
    shuffled = [list(findings), list(exposures)]
    for items in shuffled:
        random.shuffle(items)
    again = assess(*shuffled, Profile())
    assert (again.tier, again.rule, again.tests) == (result.tier, result.rule, result.tests)


def test_no_tier_text_diagnoses_or_doses_a_person():
    texts = [line for tier in load().ladder.tiers.values() for line in tier.say]
    texts += [answer.text for answer in load().answers.values()]
    texts += [concept.line for concept in load().concepts.values()]
    for text in texts:
        lowered = text.casefold()
        assert "you have vitamin d deficiency" not in lowered
        assert "rule out" not in lowered
        assert "is caused by vitamin d" not in lowered
        assert "you should take" not in lowered
