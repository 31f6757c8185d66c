"""The summary for a doctor: nothing in it that was not told, and FHIR that a strict reader takes."""

from __future__ import annotations

import copy
import json
from datetime import datetime, timezone
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clinical import read
from bot.fhir import HPO, LOINC, wrong_codes
from bot.knowledge import load
from bot.reading import Exposure, Finding, LabResult, Profile, Reading
from bot.summary import Summary, summary_of
from bot.talk import Talk

WRITTEN = datetime(2026, 1, 2, 9, 30, tzinfo=timezone.utc)
TOLD = (
    "my left calf keeps twitching, about six weeks now, no cramps though. I'm vegan and never see the sun. "
    "I take 1000 IU of vitamin D a day. My vitamin d was 18 ng/ml"
)


def talk_of(case: Reading, **slots: Any) -> Talk:
    plain = case.to_dict()
    kept = {name: plain[name] for name in ("findings", "exposures", "signs", "lab_results", "profile")}
    return Talk(**kept, **slots)


def summary(text: str, **slots: Any) -> Summary:
    made = summary_of(talk_of(read(text), **slots), WRITTEN)
    assert made is not None
    return made


def resources(made: Summary, kind: str) -> list[dict[str, Any]]:
    return [entry["resource"] for entry in made.fhir["entry"] if entry["resource"]["resourceType"] == kind]


def test_the_text_holds_what_was_told_and_the_tests():
    lines = summary(TOLD, intake_complete=True).text.splitlines()
    assert '- Muscle twitching, at: left calf, for 6 weeks ("calf keeps twitching")' in lines
    assert '- Muscle cramp ("cramps")' in lines[lines.index("Said not to be there:") :]
    assert '- Vegan diet ("vegan")' in lines
    assert "Vitamin D taken: about 1,000 IU (25 micrograms) a day in all, as told." in lines
    assert "- 25-hydroxyvitamin D: 18 ng/mL" in lines
    assert "- 25-hydroxyvitamin D (total): shows your vitamin D status (LOINC 62292-8)" in lines
    assert "2026-01-02" in lines[1]


def test_findings_are_observations_with_term_place_and_duration():
    twitching, cramp, result = resources(summary(TOLD, intake_complete=True), "Observation")
    assert twitching["code"]["coding"] == [{"system": HPO, "code": "HP:0002380", "display": "Fasciculations"}]
    assert twitching["code"]["text"] == "Muscle twitching"
    assert twitching["bodySite"] == {"text": "left calf"}
    assert twitching["component"][0]["valueQuantity"]["value"] == 42
    assert twitching["valueBoolean"] is True
    assert cramp["valueBoolean"] is False
    assert result["valueQuantity"] == {
        "value": 18.0, "unit": "ng/mL", "system": "http://unitsofmeasure.org", "code": "ng/mL",
    }  # fmt: skip
    assert result["code"]["coding"] == [{"system": LOINC, "code": "62292-8"}]


def test_a_result_in_nmol_has_no_mass_code():
    (result,) = resources(summary("my vitamin d was 40 nmol/L"), "Observation")
    assert "coding" not in result["code"]
    assert result["valueQuantity"]["code"] == "nmol/L"


def test_what_was_answered_is_a_questionnaire_response():
    (response,) = resources(summary(TOLD, intake_complete=True), "QuestionnaireResponse")
    groups = {item["linkId"]: item["item"] for item in response["item"]}
    assert response["status"] == "completed"
    assert [item["linkId"] for item in groups["symptoms"]] == ["muscle_twitching", "muscle_cramp"]
    assert [item["linkId"] for item in groups["exposures"]] == ["vegan", "low_sun"]
    assert groups["profile"][0]["answer"] == [{"valueDecimal": 1000.0}]


def test_the_tests_of_the_result_are_proposals():
    requests = resources(summary(TOLD, intake_complete=True), "ServiceRequest")
    first = requests[0]
    assert first["code"]["coding"] == [{"system": LOINC, "code": "62292-8"}]
    assert {request["intent"] for request in requests} == {"proposal"}
    assert first["reasonCode"] == [{"text": "Muscle twitching"}]


@pytest.mark.parametrize(
    ("text", "slots", "says"),
    [
        ("my calf twitched for three days", {"intake_complete": True}, "no_test"),
        ("my calf keeps twitching for six weeks and I never see the sun", {}, "unfinished"),
    ],
)
def test_no_test_is_proposed_without_a_reason_for_it(text, slots, says):
    made = summary(text, **slots)
    assert load().summary.headings[says] in made.text
    assert resources(made, "ServiceRequest") == []


def test_after_an_urgent_answer_the_flag_comes_first_and_no_test():
    made = summary("crushing chest pain, and I'm tired", red_flag={"id": "RF-04", "level": "L1"}, intake_complete=True)
    assert made.text.splitlines()[3].startswith("URGENT: told to get help first (L1)")
    assert resources(made, "ServiceRequest") == []


@pytest.mark.parametrize(
    ("text", "about", "subject"),
    [
        ("my mum is 82 and her legs ache", "About: the mother of the person who wrote, 82 years old", "mother"),
        ("my baby is 6 months old and his legs are floppy", "6 months old", "baby"),
        ("my legs ache", "About: the person who wrote", "The person who wrote"),
    ],
)
def test_it_says_whom_it_is_about(text, about, subject):
    made = summary(text)
    assert about in made.text
    assert subject in resources(made, "Observation")[0]["subject"]["display"]


@pytest.mark.parametrize("text", ["hello", "can low vitamin d cause hair loss?", ""])
def test_nothing_told_makes_no_summary(text):
    assert summary_of(talk_of(read(text)), WRITTEN) is None


def test_what_was_only_feared_is_left_out():
    made = summary("my calf twitches. could low vitamin D cause hair loss?")
    assert "Hair loss" not in made.text
    assert "Hair loss" not in json.dumps(made.fhir)


def test_a_code_outside_its_value_set_is_found():
    broken = copy.deepcopy(summary(TOLD).fhir)
    next(e["resource"] for e in broken["entry"] if e["resource"]["resourceType"] == "Observation")["status"] = "guessed"
    assert [*wrong_codes(Bundle.parse_obj(broken))] == ["Observation.status"]


CONCEPTS, EXPOSURES = st.sampled_from(sorted(load().concepts)), st.sampled_from(sorted(load().exposures))
STATUSES = st.sampled_from(["present", "absent", "past", "other", "hypothetical"])
CASES = st.builds(
    Reading,
    findings=st.lists(
        st.builds(
            Finding, CONCEPTS, span=st.sampled_from(["", "it hurts", "<b>\n&"]), status=STATUSES,
            body=st.sampled_from([(), ("calf",), ("hip", "thigh")]), side=st.sampled_from([None, "left", "both"]),
            duration_days=st.sampled_from([None, 0.5, 42.0]), severity=st.sampled_from([None, 0, 7]),
        ),
        max_size=4, unique_by=lambda finding: finding.concept,
    ).map(tuple),
    exposures=st.lists(
        st.builds(Exposure, EXPOSURES, span=st.just("so"), status=STATUSES), max_size=4, unique_by=lambda e: e.exposure
    ).map(tuple),
    lab_results=st.lists(
        st.builds(
            LabResult, st.sampled_from(["25-oh-d", "calcium", "ferritin"]), st.floats(0.1, 500),
            st.sampled_from([None, "ng/mL", "nmol/L", "mmol/L"]),
        ),
        max_size=2,
    ).map(tuple),
    profile=st.builds(
        Profile, about=st.sampled_from(["self", "child", "infant", "other"]),
        relation=st.sampled_from([None, "mother"]),
        age=st.sampled_from([None, 0.5, 44]), pregnancy_weeks=st.sampled_from([None, 20.0]),
        supplement_iu_day=st.sampled_from([None, 400.0, 9000.0]),
    ),
)  # fmt: skip


@settings(max_examples=150, derandomize=True, deadline=None)
@given(CASES, st.sampled_from([None, True]))
def test_every_summary_is_valid_and_names_only_what_was_told(case, complete):
    made = summary_of(talk_of(case, intake_complete=complete), WRITTEN)
    stated = [item for item in (*case.findings, *case.exposures) if item.status != "hypothetical"]
    assert (made is None) == (not stated and not case.lab_results)
    if made is None:
        return
    assert [*wrong_codes(Bundle.parse_obj(made.fhir))] == []
    assert json.loads(json.dumps(made.payload())) == made.payload()
    told = {finding.concept for finding in case.findings if finding.status != "hypothetical"}
    terms = {
        coding["code"]
        for observation in resources(made, "Observation")
        for coding in observation["code"].get("coding", ())
        if coding["system"] == HPO
    }
    assert terms <= {info.hpo.id for name, info in load().concepts.items() if name in told and info.hpo}
    (response,) = resources(made, "QuestionnaireResponse")
    links = {item["linkId"] for group in response.get("item", ()) for item in group["item"]}
    exposures = {item.exposure for item in case.exposures if item.status != "hypothetical"}
    assert links <= told | exposures | {"age", "pregnancy", "supplement"}
