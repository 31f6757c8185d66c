"""What one message adds to a talk."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.case import to_entities
from bot.clinical import read
from bot.hearing import heard
from bot.knowledge import load
from bot.knowledge.feeling import place_alone
from bot.talk import Message, Talk, to_ask, urgent_flag

INTENTS = ("inform", "affirm", "deny", "not_sure", "correct", "ask_test", "why", "greet", "abuse", "distress")
TEXTS = (
    "my calf keeps twitching", "no cramps", "three weeks", "none", "not sure", "1, 2", "i'm vegan",
    "no i don't have that",
    "my mum has leg pain", "my vitamin d was 18 ng/ml", "blargh", "in my left calf", "so tired", "i'm 70",
)  # fmt: skip


def after(talk: Talk, text: str, intent: str = "inform", number: int = 0) -> Talk:
    """The talk after a message, the next question pending as the form leaves it."""
    said = heard(talk, Message(f"{number}-{text}", text, intent, read(text)))
    question = to_ask(said) if said.is_open else None
    return replace(said, pending_question=question.id if question else None)


@pytest.mark.parametrize(
    ("place", "answer", "concept", "body", "side"),
    [
        ("legs", "hurt", "leg_pain", ("leg",), None),
        ("my left calf", "it cramps", "muscle_cramp", ("calf",), "left"),
        ("my hands feel funny", "like pins and needles", "tingling", ("hand",), None),
        ("calfs", "they sort of jump about", "muscle_twitching", ("calf",), None),
        ("back", "1", "low_back_pain", ("back",), None),
        ("both hands", "they go numb a bit", "numbness", ("hand",), "both"),
        ("left calf, 6 weeks, vegan", "twitching", "muscle_twitching", ("calf",), "left"),
        ("knees", "really stiff and achy every morning", "muscle_stiffness", ("knee",), None),
    ],
)
def test_a_place_alone_is_asked_what_is_felt_there(place, answer, concept, body, side):
    talk = after(Talk(), place, intent="small_talk")
    assert talk.pending_question == "feeling"
    told = after(talk, answer, number=1)
    [finding] = [f for f in told.case.findings if f.status == "present"][:1]
    assert (finding.concept, finding.body, finding.side) == (concept, body, side)
    assert told.pending_question not in ("feeling", "location", None)


@pytest.mark.parametrize(
    "text", ["left", "my", "leg pain", "i broke my leg last year", "what about my legs?", "hands off"]
)
def test_what_is_no_place_alone_is_not_taken_for_one(text):
    assert place_alone(text) is None


def test_the_concepts_of_a_felt_place_are_those_the_reader_finds():
    for feeling in load().intake.feeling.options:
        if feeling.id != "pain":
            continue
        for body in load().intake.feeling.places:
            read_as = {finding.concept for finding in read(f"my {body} hurts").findings}
            assert not read_as or feeling.at.get(body, feeling.concept) in read_as, body


def _present_signs(talk: Talk) -> set[str]:
    return {sign["sign"] for sign in talk.signs if sign["status"] == "present"}


def talk_of(*texts: str) -> Talk:
    talk = Talk()
    for number, text in enumerate(texts):
        talk = after(talk, text, number=number)
    return talk


@given(st.lists(st.tuples(st.sampled_from(TEXTS), st.sampled_from(INTENTS)), max_size=6))
@settings(deadline=None, max_examples=60, derandomize=True)
def test_merging_a_message_again_changes_nothing(messages):
    talk = Talk()
    for number, (text, intent) in enumerate(messages):
        message = Message(str(number), text, intent, read(text))
        once = heard(talk, message)
        assert heard(once, message) == once
        assert Talk.from_slots(once.slots()) == once
        talk = once


@given(st.lists(st.tuples(st.sampled_from(TEXTS), st.sampled_from(INTENTS)), max_size=8))
@settings(deadline=None, max_examples=60, derandomize=True)
def test_a_question_is_settled_once_and_a_round_has_six(messages):
    talk = Talk()
    for number, (text, intent) in enumerate(messages):
        talk = after(talk, text, intent, number)
    assert len(talk.asked) == len(set(talk.asked)) <= 6


@pytest.mark.parametrize(
    ("first", "then", "days"),
    [
        ("my calf keeps twitching", "three weeks", 21),
        ("my calf keeps twitching", "about two months i guess", 60),
        ("my calf keeps twitching for two weeks", "three months", 90),
        ("my calf keeps twitching for two weeks", "vegan for ten years", 14),
        ("my calf keeps twitching", "vegan for ten years", None),
        ("my calf keeps twitching for two weeks", "actually two days", 2),
    ],
)
def test_a_bare_length_is_said_of_the_main_complaint(first, then, days):
    assert talk_of(first, then).duration == days


@pytest.mark.parametrize(
    ("answer", "body", "side"),
    [("calf", ["calf"], None), ("in my left calf", ["calf"], "left"), ("both feet", ["foot"], "both")],
)
def test_a_bare_place_is_said_of_the_main_complaint(answer, body, side):
    talk = talk_of("i get cramps for three weeks now", "none")
    assert talk.pending_question == "location"
    talk = after(talk, answer, number=9)
    assert talk.location == body
    assert talk.findings[0]["side"] == side


@pytest.mark.parametrize(
    ("text", "intent", "heard_as"),
    [
        ("none", "deny", "answer"), ("No.", "deny", "answer"), ("no, nothing like that", "deny", "answer"),
        ("nothing like that", "inform", "answer"), ("2", "inform", "answer"), ("dunno mate", "not_sure", "nothing"),
        ("yes", "affirm", "nothing"), ("i am tired", "inform", "told"), ("why", "why", "request"),
        ("my leg is swollen and hot", "inform", "answer"), ("what is the test called", "ask_test", "request"),
    ],
)  # fmt: skip
def test_what_a_message_is_while_the_red_flags_of_a_cramp_are_asked(text, intent, heard_as):
    talk = heard(talk_of("my calf cramps"), Message("x", text, intent, read(text)))
    assert talk.heard == heard_as


def test_a_tapped_answer_is_not_read_as_text_too():
    told = talk_of("my calf keeps twitching")
    talk = after(told, "a new medicine")
    assert [f["concept"] for f in talk.findings if f["status"] == "present"] == ["muscle_twitching"]
    assert {"medicine_suspected"} == _present_signs(talk) - _present_signs(told)


def test_a_dodged_red_flag_question_counts_as_not_sure_the_third_time():
    dodged = talk_of("my calf cramps", "i am vegan", "i work nights")
    assert dodged.asked == []
    talk = after(dodged, "and i am 40", number=7)
    assert talk.heard == "given_up"
    assert "flags_cramp" in talk.asked
    assert urgent_flag(talk, read("")) is not None  # not sure acts one level below a yes


def test_dodging_the_list_of_a_second_complaint_raises_no_alarm():
    dodged = talk_of("my calf cramps and my lower back hurts", "none", "i am vegan", "i work nights", "and i am 40")
    assert dodged.asked[:2] == ["flags_cramp", "flags_back"]
    assert urgent_flag(dodged, read("")) is None


@pytest.mark.parametrize(("confidence", "intent"), [(0.3, ""), (0.6, "greet")])
def test_guessed_small_talk_is_no_small_talk(confidence, intent):
    parsed = {"text": "everywhere", "intent": {"name": "greet", "confidence": confidence}}
    assert Message.from_parse(parsed).intent == intent


def test_not_sure_about_red_flags_is_acted_on_and_none_is_not():
    assert urgent_flag(talk_of("my calf cramps", "not sure"), read("")) is not None
    assert urgent_flag(talk_of("my calf cramps", "none"), read("")) is None


def test_something_new_reopens_a_finished_intake_and_a_question_does_not():
    done = replace(talk_of("my calf cramps", "none"), intake_complete=True, result_given=True, pending_question=None)
    assert after(done, "and my back hurts").intake_complete is None
    assert after(done, "can low vitamin d cause fatigue?", "ask_cause").intake_complete is True
    assert after(done, "thanks", "thanks").intake_complete is True


def test_red_flags_of_a_second_complaint_are_asked_too():
    assert to_ask(talk_of("my calf cramps and my lower back hurts", "none")).id == "flags_back"


def test_a_complaint_told_after_the_result_has_its_red_flags_asked():
    talk = talk_of("my calf cramps for six weeks", "none", "none")
    done = replace(talk, intake_complete=True, result_given=True, results=1, pending_question=None)
    assert after(done, "now my lower back hurts too").pending_question == "flags_back"


def test_despair_without_a_symptom_leads_to_the_direct_question():
    talk = after(Talk(), "nobody listens to me", "distress")
    assert to_ask(talk).id == "thoughts_of_suicide"
    settled = heard(replace(talk, pending_question="thoughts_of_suicide"), Message("y", "no", "deny", read("no")))
    assert settled.asked == ["thoughts_of_suicide"]
    assert urgent_flag(settled, read("no")) is None


@pytest.mark.parametrize("text", ["yes", "yes, I have such thoughts", "not sure"])
def test_yes_and_not_sure_to_the_direct_question_are_the_crisis_answer(text):
    asked = replace(after(Talk(), "nobody listens to me", "distress"), pending_question="thoughts_of_suicide")
    flag = urgent_flag(heard(asked, Message("y", text, "affirm", read(text))), read(text))
    assert flag is not None
    assert (flag.id, flag.level) == ("RF-00", "L0")


@pytest.mark.parametrize(
    ("said", "text", "expected"),
    [
        (None, "crushing chest pain and sweating", ("RF-04", "L1")),
        ({"id": "RF-04", "level": "L1"}, "one calf is swollen and hot", ("RF-04", "L1")),
        ({"id": "RF-08", "level": "L3"}, "crushing chest pain and sweating", ("RF-04", "L1")),
        ({"id": "RF-04", "level": "L1"}, "i am fine now", None),
        (None, "my calf keeps twitching for six weeks", None),  # L4 does not interrupt
    ],
)
def test_the_urgent_answer_is_never_lowered(said, text, expected):
    talk = after(replace(Talk(), red_flag=said), text)
    flag = urgent_flag(talk, read(text))
    assert (flag and (flag.id, flag.level)) == expected


@pytest.mark.parametrize(
    ("text", "confidence", "intent"),
    [
        ("so tired and low", 0.49, "inform"),
        ("so tired and low", 0.8, "ask_recovery"),
        ("will it get better", 0.3, "ask_recovery"),
        ("can it cause hair loss", 0.3, "ask_recovery"),
    ],
)
def test_a_guessed_question_that_tells_a_symptom_is_telling(text: str, confidence: float, intent: str) -> None:
    guess = {"name": "ask_recovery", "confidence": confidence}
    assert Message.from_parse({"text": text, "intent": guess, "entities": to_entities(read(text))}).intent == intent


def test_none_said_first_answers_the_list_and_the_rest_is_noted():
    talk = after(talk_of("my calf cramps for two weeks"), "no none of that. oh and i should say im 67", "deny", 8)
    assert talk.asked == ["flags_cramp"]
    assert talk.profile["age"] == 67
    assert [item for item in talk.news if "age" in item]


@pytest.mark.parametrize(
    ("text", "sign"),
    [("none of that, but my chest hurts", "chest_pain"), ("none. one calf is swollen and hot", "hot_swollen_calf")],
)
def test_none_said_first_denies_no_sign_that_follows(text, sign):
    talk = after(talk_of("my calf cramps for two weeks"), text, "deny", 8)
    assert [item["status"] for item in talk.findings if item["concept"] == sign] == ["present"]


def test_a_correction_is_no_answer_to_a_list():
    assert after(talk_of("my calf cramps for two weeks"), "no, three months", "deny", 8).asked == []


def test_a_guessed_not_sure_asks_a_list_of_signs_again():
    talk = after(talk_of("my calf keeps twitching"), "what do you mean", "not_sure", 8)
    assert talk.pending_question == "flags_twitching"
    assert talk.signs == talk_of("my calf keeps twitching").signs


def test_the_writers_own_symptom_comes_before_somebody_elses():
    talk = talk_of("my husband had a bad back so i was lifting and now my shoulders and hips are stiff")
    assert talk.pending_question == "flags_cramp"
