"""What a page shows beside the words: chips with their corrections, progress, the card."""

from __future__ import annotations

import json

import pytest

from actions import slots, wording
from actions.advise import ActionAdvise
from actions.ask_intake import ActionAsk
from actions.start_over import ActionStartOver
from actions.take_note import ActionTakeNote
from bot.clinical import read
from bot.knowledge import load

ASK, ADVISE = ActionAsk(), ActionAdvise()
CANNOT_BE_DENIED = {"family_history", "mnd_family"}  # no sentence is read as denying these; the person writes it


def statuses(text: str) -> dict[str, str]:
    reading = read(text)
    return {f.concept: f.status for f in reading.findings} | {e.exposure: e.status for e in reading.exposures}


@pytest.mark.parametrize("concept", load().concepts)
def test_taking_a_finding_off_is_read_as_denying_it(concept: str) -> None:
    said = wording.corrections("finding", concept, load().concepts[concept].name)
    assert statuses(said["remove"])[concept] == "absent"


@pytest.mark.parametrize("exposure", sorted(set(load().exposures) - CANNOT_BE_DENIED))
def test_taking_an_exposure_off_is_read_as_denying_it(exposure: str) -> None:
    said = wording.corrections("exposure", exposure, wording.exposure_name(exposure))
    assert statuses(said["remove"])[exposure] == "absent"


@pytest.mark.parametrize("exposure", sorted(CANNOT_BE_DENIED))
def test_no_removal_is_offered_that_would_not_be_read(exposure: str) -> None:
    assert wording.corrections("exposure", exposure, "it") == {}


def test_every_removal_is_of_something_known() -> None:
    assert set(wording.words()["removals"]) <= set(load().concepts) | set(load().exposures)


def test_a_correction_of_place_and_duration_is_read_as_such() -> None:
    said = wording.corrections("finding", "muscle_twitching", "Muscle twitching")
    (finding,) = read(said["place"].replace("{place}", "left calf")).findings
    assert (finding.concept, finding.body, finding.side) == ("muscle_twitching", ("calf",), "left")
    (finding,) = read(said["duration"].replace("{duration}", "3 months")).findings
    assert (finding.concept, finding.duration_days) == ("muscle_twitching", 90)


def test_a_chip_has_place_side_and_duration(desk) -> None:
    desk.hear("my left calf keeps twitching, about six weeks now, no cramps though").run(ASK)
    (chip,) = desk.payload["noted"]
    assert {key: chip[key] for key in ("kind", "id", "name", "status")} == {
        "kind": "finding", "id": "muscle_twitching", "name": "muscle twitching", "status": "present",
    }  # fmt: skip
    assert (chip["place"], chip["side"], chip["duration"], chip["duration_days"]) == (
        "left calf",
        "left",
        "six weeks",
        42,
    )


def test_chips_hold_exposures_and_somebody_elses(desk) -> None:
    desk.hear("my mum's legs ache, she is vegan").run(ASK)
    names = {chip["id"]: chip["name"] for chip in desk.payload["noted"]}
    assert names["vegan"] == "vegan diet (your mother)" or "mother" in names["vegan"]
    assert len(names) == len(desk.payload["noted"])


def test_progress_counts_the_questions_that_are_left(desk) -> None:
    steps = []
    desk.hear("my muscles twitch").run(ASK)
    for answer in ("none", "2-6 weeks", "calf or shin"):
        steps.append(desk.payload["progress"])
        desk.hear(answer).run(ASK)
    steps.append(desk.payload["progress"])
    assert [step["step"] for step in steps] == [1, 2, 3, 4]
    assert all(step["step"] <= step["of"] <= 6 for step in steps)
    assert steps[0]["of"] >= 4


def test_none_and_not_sure_go_with_no_other_option(desk) -> None:
    desk.hear("my calf keeps twitching").run(ASK)
    assert desk.payload["exclusive"] == ["none of these", "not sure"]
    assert set(desk.payload["exclusive"]) <= set(desk.payload["options"])


def test_the_card_says_all_that_the_bubbles_say(desk) -> None:
    desk.hear("my calf keeps twitching, about six weeks now, no cramps though").run(ASK)
    desk.hear("none", "deny").run(ASK)
    desk.hear("i work nights and hardly see the sun. vegan too")
    desk.slots[slots.INTAKE_COMPLETE] = True
    desk.run(ADVISE)
    card = desk.payload["card"]
    (link,) = card["links"]
    assert (link["badge"], link["grade"]) == ("INDIRECT", "I")
    assert link["meaning"] == load().grades["I"].sentence
    assert len(link["other_causes"]) >= 2
    assert [test["id"] for test in card["tests"]] == desk.payload["tests"]
    assert card["safety_net"] == desk.payload["safety_net"]
    assert all(1 <= number <= len(card["sources"]) for number in link["sources"])
    assert card["see_doctor"]
    assert card["because"]
    said = [message for message in desk.said if message["response"].startswith("utter_advice")]
    assert said[0]["advice"] == " ".join(card["advice"])
    assert json.loads(json.dumps(desk.payload)) == desk.payload


def test_what_is_told_without_a_symptom_is_shown(desk) -> None:
    desk.hear("i am vegan and work nights").run(ActionTakeNote())
    assert desk.payload["type"] == "noted"
    assert {chip["id"] for chip in desk.payload["noted"]} == {"vegan", "night_shift"}


def test_starting_over_empties_the_chips(desk) -> None:
    desk.hear("i am vegan").run(ActionStartOver())
    assert desk.payload == {"type": "noted", "noted": [], "afresh": True}
