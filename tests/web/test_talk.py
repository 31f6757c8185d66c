"""Talking through the widget: consent, tapping, typing, chips, the body map, reloads, what stays pinned."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from scripts import INTAKE, RED_FLAG, RESULT

NONE_STORED = "() => sessionStorage.length + localStorage.length"


def test_nothing_is_stored_and_nothing_sent_before_consent(visit, state) -> None:
    talk = visit().open()
    expect(talk.page.get_by_role("heading", name="Before we start")).to_be_visible()
    expect(talk.box).to_be_hidden()
    talk.page.get_by_role("button", name="No, thank you").click()
    expect(talk.page.get_by_text("Nothing was stored")).to_be_visible()
    assert (state.sessions, state.received, talk.page.evaluate(NONE_STORED)) == (0, [], 0)
    talk.page.get_by_role("button", name="Before we start").click()
    talk.agree()
    assert state.sessions == 0  # a conversation begins with the first message
    talk.say("hello")
    assert state.sessions == 1


def test_a_whole_intake_by_tapping(talk, state) -> None:
    state.answers["My calf keeps twitching"] = INTAKE["my left calf keeps twitching"]
    talk.tap("My calf keeps twitching", "a new medicine", "none of these", "Done")
    expect(talk.page.locator(".used .chosen").last).to_have_text(re.compile("none of these"))  # it excludes the others
    talk.tap("calf or shin", "Done", "2-6 weeks", "little daylight", "vegan or little fish", "Done")
    expect(talk.page.get_by_role("article")).to_be_visible()
    assert state.handled[-1] == "little daylight, vegan or little fish"
    assert state.handled[1] == "none of these"


def test_used_options_stay_readable_with_what_was_chosen(talk) -> None:
    talk.say("my left calf keeps twitching").tap("none of these", "Done")
    used = talk.page.locator(".choices.used").first
    expect(used).to_contain_text("a new medicine")
    expect(used.locator(".chosen")).to_have_text("none of these (your choice)")
    expect(used.get_by_role("button")).to_have_count(0)


def test_done_without_a_choice_asks_for_one(talk, state) -> None:
    talk.say("my left calf keeps twitching").tap("Done")
    expect(talk.page.get_by_text("Choose at least one")).to_be_visible()
    assert len(state.handled) == 1


def test_progress_and_chips_follow_the_talk(talk) -> None:
    talk.say("my left calf keeps twitching")
    expect(talk.page.locator(".progress")).to_have_text("Question 1 of about 4")
    assert talk.chips == ["muscle twitching · left calf · six weeks"]
    talk.tap("none of these", "Done")
    expect(talk.page.locator(".progress")).to_have_text("Question 2 of about 4")
    talk.say("night work")
    assert talk.chips == ["muscle twitching · left calf · six weeks", "night work"]
    expect(talk.page.locator(".progress")).to_have_count(0)


def test_a_chip_is_taken_off_by_a_tap(talk, state) -> None:
    talk.say("my left calf keeps twitching")
    talk.page.get_by_role("button", name="Remove: muscle twitching").click()
    expect(talk.page.get_by_text("Noted: no muscle twitching.")).to_be_visible()
    assert state.handled[-1] == "I do not have muscle twitching"
    assert talk.chips == []


@pytest.mark.parametrize(
    ("taps", "message"),
    [
        (["It has lasted a different time", "3 months"], "Actually, the muscle twitching has lasted 3 months"),
        (["I do not have this"], "I do not have muscle twitching"),
    ],
)
def test_a_chip_is_corrected_by_taps(talk, state, taps, message) -> None:
    talk.say("my left calf keeps twitching")
    talk.page.get_by_role("button", name="Correct: muscle twitching").click()
    talk.tap(*taps)
    expect(talk.page.locator(".you").last).to_contain_text(message)
    talk.answers.nth(3).wait_for()
    assert state.handled[-1] == message


def test_a_chip_gets_another_place_from_the_body_map(talk, state) -> None:
    talk.say("my left calf keeps twitching")
    talk.page.get_by_role("button", name="Correct: muscle twitching").click()
    talk.tap("It is somewhere else")
    talk.page.get_by_role("checkbox", name="right thigh").check()
    talk.tap("Use these places")
    talk.answers.nth(3).wait_for()
    assert state.handled[-1] == "Actually, the muscle twitching is in my right thigh"


def test_what_cannot_be_taken_off_by_a_tap_is_written_by_the_person(talk, state) -> None:
    chip = {
        "kind": "exposure",
        "id": "family_history",
        "name": "family history",
        "status": "present",
        "corrections": {},
    }
    state.answers["*"] = [{"text": "Noted.", "custom": {"type": "noted", "noted": [chip]}}]
    talk.say("bones run in the family")
    talk.page.get_by_role("button", name="Remove: family history").click()
    expect(talk.box).to_have_value("About “family history”: ")
    expect(talk.box).to_be_focused()


def test_figures_and_list_of_the_body_map_are_one_state(talk) -> None:
    talk.say("my left calf keeps twitching")
    talk.page.get_by_role("button", name="Show where it is").first.click()
    dialog = talk.page.get_by_role("dialog")
    expect(dialog.get_by_role("checkbox", name="left calf (already mentioned)")).not_to_be_checked()
    assert dialog.locator(".region.known").count() == 1
    knee = dialog.locator(".front .region").filter(has_text="left knee")
    box, figure = knee.bounding_box(), dialog.locator("svg.front").bounding_box()
    assert box["x"] > figure["x"] + figure["width"] / 2  # facing us, the left knee is on the right
    knee.click()
    expect(dialog.get_by_role("checkbox", name="left knee")).to_be_checked()
    assert dialog.locator(".region.on").count() == 2  # front and back
    dialog.get_by_role("checkbox", name="left knee").uncheck()
    assert dialog.locator(".region.on").count() == 0
    expect(dialog.get_by_role("button", name="Use these places")).to_be_disabled()


def test_places_are_written_into_the_box_or_answer_the_question(talk, state) -> None:
    talk.page.get_by_role("button", name="Show where it is").click()
    talk.page.get_by_role("checkbox", name="lower back").check()
    talk.tap("Use these places")
    expect(talk.box).to_have_value("in my lower back")
    talk.say("my left calf keeps twitching").tap("none of these", "Done")
    talk.page.get_by_text("Where is it? Tap all that fit.").wait_for()
    talk.page.locator(".choices").get_by_role("button", name="Show where it is").click()
    talk.page.locator("dialog .back .region").filter(has_text="left calf").click()
    talk.tap("Use these places")
    talk.page.get_by_text("How long has it been going on?").wait_for()
    assert state.handled[-1] == "in my left calf"


def test_a_reload_shows_the_talk_and_goes_on(talk, state) -> None:
    talk.say("my left calf keeps twitching").tap("none of these", "Done")
    talk.page.get_by_text("Where is it?").wait_for()
    talk.page.reload()
    talk.page.get_by_text("Where is it?").wait_for()
    assert talk.own == ["my left calf keeps twitching", "none of these"]
    expect(talk.page.locator(".progress")).to_have_text("Question 2 of about 4")
    talk.tap("calf or shin", "Done")
    talk.page.get_by_text("How long has it been going on?").wait_for()
    assert (len(state.handled), state.sessions) == (3, 1)


def test_a_red_flag_stays_pinned_with_numbers_to_call(talk) -> None:
    talk.say("my left calf keeps twitching").say("chest pain").say("hello").say("night work")
    pinned = talk.page.get_by_role("region", name="Urgent advice")
    expect(pinned).to_contain_text("Get emergency help now")
    assert pinned.get_by_role("link").evaluate_all("all => all.map(a => a.getAttribute('href'))") == [
        "tel:999", "tel:112", "tel:911",
    ]  # fmt: skip
    pinned.get_by_role("button", name="Read more").click()
    expect(talk.page.locator(".log .urgent")).to_be_in_viewport()
    expect(talk.page.locator(".log .urgent")).to_be_focused()
    talk.page.reload()
    expect(pinned).to_be_visible()
    talk.say("start over")
    expect(pinned).to_be_hidden()


@pytest.mark.parametrize(("what", "chips"), [("dealt_with", 1), ("taken_back", 0)])
def test_urgent_advice_stays_as_first_said_until_a_yes_lifts_it(talk, state, what, chips) -> None:
    asked = {"text": "Is it so?", "custom": RED_FLAG["custom"], "buttons": [{"title": "yes", "payload": "yes"}]}
    state.answers |= {"it is not so": [asked], "yes": [{"text": "Good.", "custom": {"type": "lifted", "what": what}}]}
    talk.say("my left calf keeps twitching").say("chest pain").say("it is not so")
    pinned = talk.page.get_by_role("region", name="Urgent advice")
    expect(pinned.get_by_role("link")).to_have_count(3)  # the question names no numbers; the advice does
    pinned.get_by_role("button", name="Read more").click()
    expect(talk.page.locator(".log .urgent").first).to_be_focused()
    talk.tap("yes")
    expect(pinned).to_be_hidden()
    expect(talk.page.locator(".chip")).to_have_count(chips)


def test_the_page_around_hears_of_findings_assessments_and_red_flags(talk) -> None:
    talk.page.evaluate(
        "window.heard = []; for (const name of ['finding', 'assessment', 'red-flag']) document.addEventListener("
        "name, e => window.heard.push([name, e.detail.id ?? e.detail.tier ?? e.detail.level]))"
    )
    talk.say("my left calf keeps twitching").say("night work").say("chest pain")
    heard = [["finding", "muscle_twitching"], ["finding", "night_work"], ["assessment", "T2"], ["red-flag", "L1"]]
    assert talk.page.evaluate("window.heard") == heard
    talk.page.reload()
    talk.page.locator(".log .urgent").wait_for()
    assert talk.page.evaluate("window.heard ?? []") == []  # history is no news


def test_the_card_replaces_the_bubbles_that_say_the_same(talk) -> None:
    talk.say("night work")
    card = talk.page.get_by_role("article")
    for words in ("INDIRECT", "Can happen if", "caffeine", "25-hydroxyvitamin D", "if it spreads", "What counts here"):
        expect(card).to_contain_text(words)
    assert talk.page.get_by_text("in words").count() == 0
    expect(talk.page.get_by_role("button", name="Why?")).to_be_visible()
    card.get_by_role("button", name="Source 1").click()
    expect(card.locator(".sources li").first).to_be_focused()
    expect(card.locator(".sources li").first).to_contain_text("NHS. Twitching eyes")


def test_an_assessment_without_a_card_is_said_in_bubbles(talk, state) -> None:
    bare = [
        {**message, "custom": {k: v for k, v in message.get("custom", {}).items() if k != "card"}} for message in RESULT
    ]
    state.answers["result"] = bare
    talk.say("result")
    expect(talk.page.get_by_text("in words")).to_be_visible()
    expect(talk.page.get_by_text("Worth raising with your doctor")).to_be_visible()


def test_two_browsers_do_not_see_each_others_talk(visit, state) -> None:
    one, other = visit().open().agree(), visit().open().agree()
    one.say("my left calf keeps twitching")
    other.say("hello")
    for talk in (one, other):
        talk.page.reload()
        talk.answers.nth(1).wait_for()
    assert (one.own, other.own) == (["my left calf keeps twitching"], ["hello"])
    assert state.sessions == 2


def test_times_are_shown_on_demand(talk) -> None:
    talk.say("hello")
    times = talk.page.locator(".bubble time")
    expect(times.first).to_be_hidden()
    talk.tap("Show times")
    expect(times.first).to_be_visible()


def test_a_second_message_waits_until_the_first_is_answered(talk, state) -> None:
    state.held.clear()
    talk.say("hello", answered=False)
    expect(talk.page.get_by_text("Reading what you wrote")).to_be_visible()
    talk.box.fill("more")
    talk.box.press("Enter")
    expect(talk.box).to_have_value("more")
    state.held.set()
    talk.page.get_by_text("Heard: hello").wait_for()
    talk.box.press("Enter")
    talk.page.get_by_text("Heard: more").wait_for()
    assert state.handled == ["hello", "more"]


def test_a_long_message_tells_how_much_is_left(talk) -> None:
    talk.box.fill("x" * 1950)
    expect(talk.page.get_by_text("50 characters left")).to_be_visible()
    assert talk.box.get_attribute("maxlength") == "2000"
