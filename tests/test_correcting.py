"""Corrections at any moment (cases/corrections.yml), undoing, and what an urgent answer needs before it is lifted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from bot.clinical import read
from bot.hearing import STEPS_KEPT, heard
from bot.nlu.lists import read_lists
from bot.talk import Message, Talk, to_ask, urgent_flag

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "corrections.yml").read_text(encoding="utf-8"))
KEYS = {"told", "then", "status", "side", "body", "days", "whom", "gone", "heard"}


def after(talk: Talk, text: str, number: int = 0, intent: str = "inform") -> Talk:
    """The talk after a message, the next question pending as the form leaves it."""
    said = heard(talk, Message(f"{number}-{text}", text, intent, read_lists(read, text)))
    question = to_ask(said) if said.is_open and said.red_flag is None else None
    return replace(said, pending_question=question.id if question else None)


def talk_of(*texts: str) -> Talk:
    talk = Talk()
    for number, text in enumerate(texts):
        talk = after(talk, text, number)
    return talk


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["then"].replace(" ", "_"))
def test_correction(case):
    assert set(case) <= KEYS
    talk = after(talk_of(*case["told"]), case["then"], 9)
    first = talk.findings[0]
    told = {
        "status": first["status"],
        "side": first["side"],
        "body": first["body"],
        "days": pytest.approx(first["duration_days"], rel=1e-3) if first["duration_days"] else None,
        "whom": talk.profile.get("relation"),
        "heard": talk.heard,
    }
    expected = {key: case[key] for key in told if key in case}
    assert {key: told[key] for key in expected} == expected
    names = {item["concept"] for item in talk.findings} | {item["exposure"] for item in talk.exposures}
    assert not names & set(case.get("gone", ()))


def test_a_correction_after_the_result_opens_it_again_and_says_what_changed():
    done = replace(talk_of("my calf cramps for six weeks", "none"), intake_complete=True, result_given=True, results=1)
    talk = after(replace(done, pending_question=None), "no, two days", 9)
    assert talk.intake_complete is None
    assert talk.news[0]["was"]["duration_days"] == 42


def test_undoing_goes_back_step_by_step_and_says_when_nothing_is_left():
    talk = talk_of("my calf cramps", "none", "three weeks")
    assert talk.asked == ["flags_cramp", "duration"]
    talk = after(talk, "undo", 4)
    assert (talk.asked, talk.duration) == (["flags_cramp"], None)
    talk = after(talk, "undo", 5)
    assert (talk.asked, len(talk.findings)) == ([], 1)
    talk = after(talk, "undo", 6)
    assert (talk.findings, talk.heard) == ([], "undone")
    assert after(talk, "undo", 7).heard == "not_undone"


def test_only_the_last_steps_are_kept():
    talk = talk_of("my calf cramps", *(f"{number} weeks" for number in range(2, 20)))
    assert len(talk.history) == STEPS_KEPT


def test_whom_it_is_about_is_asked_once_and_only_where_it_is_unclear():
    talk = talk_of("my mum is 82 and her legs ache")
    assert to_ask(talk).id != "whom"
    talk = after(talk, "i have cramps too", 3)
    assert talk.pending_question == "whom"
    assert [option.title for option in to_ask(talk).options] == ["me", "my mother"]
    hers = after(talk, "her", 4)
    assert [(item["concept"], item["status"]) for item in hers.findings] == [("leg_pain", "other")]
    assert hers.profile["age"] == 82
    mine = after(talk, "me", 4)
    assert (mine.profile["about"], mine.profile["age"]) == ("self", None)
    assert "whom" in mine.asked
    assert after(mine, "and my back hurts", 5).pending_question != "whom"


FLAGGED = {"id": "RF-08", "level": "L3"}


def flagged() -> Talk:
    return replace(talk_of("one calf is swollen and hot"), red_flag=FLAGGED, pending_question=None)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("i've been to a&e and they checked it", "dealt_with"),
        ("my gp has seen it this morning", "dealt_with"),
        ("the ambulance is on its way", "dealt_with"),
        ("no, my calf is not swollen or hot", "taken_back"),
        ("undo", "taken_back"),
        ("i haven't been to a&e", None),
        ("should i call 999", None),
        ("i'm fine now", None),
        ("no cramps", None),
        ("forget about it", None),
    ],
)
def test_what_asks_for_a_confirming_yes(text, what):
    assert (after(flagged(), text, 3).confirming or {}).get("what") == what


def test_seen_to_and_confirmed_lifts_it_and_the_result_is_no_longer_held_up():
    talk = after(after(flagged(), "they checked it at the hospital, i was seen", 3), "yes, it has been looked at", 4)
    assert (talk.red_flag, talk.heard, talk.dealt_with) == (None, "dealt_with", ["RF-08:L3"])
    assert talk.rules_dealt_with == ("RF-08",)


def test_any_other_word_leaves_it_standing():
    for text in ("ok", "no", "maybe", "not yet", "which foods", "three weeks"):
        talk = after(after(flagged(), "the ambulance is here", 3), text, 4)
        assert (talk.red_flag, talk.confirming) == (FLAGGED, None)


def test_taking_back_one_of_two_emergencies_leaves_the_other():
    both = replace(
        talk_of("one calf is swollen and hot", "my fingers have locked like a claw"),
        red_flag={"id": "RF-03", "level": "L2"},
        pending_question=None,
    )
    talk = after(after(both, "no, my fingers are not locked like a claw", 5), "yes, that is right", 6)
    assert talk.red_flag == FLAGGED


def test_not_sure_to_a_list_is_lifted_by_none_of_these_and_a_yes():
    asked = talk_of("my calf keeps twitching")
    unsure = after(asked, "not sure", 8)
    flag = urgent_flag(unsure, read(""))
    standing = replace(unsure, red_flag={"id": flag.id, "level": flag.level}, pending_question=None)
    asking = after(standing, "none of these", 9)
    assert asking.confirming == {"what": "none_there", "concepts": [], "names": []}
    lifted = after(asking, "yes, that is right", 10)
    assert (lifted.red_flag, lifted.heard) == (None, "taken_back")
    assert urgent_flag(lifted, read("")) is None
    assert after(asking, "no, I am not sure", 11).red_flag is not None
