"""The widget in trouble: no server, a lost answer, an expired talk, what is erased and what was not."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

NONE_STORED = "() => sessionStorage.length + localStorage.length"


def test_a_server_that_cannot_be_reached_is_told_with_emergency_numbers_and_the_message_sent_once(talk, state) -> None:
    talk.say("hello")
    state.down = True
    talk.say("my left calf keeps twitching", answered=False)
    notice = talk.page.locator(".notice")
    expect(notice).to_contain_text("I cannot be reached just now")
    assert notice.get_by_role("link").all_inner_texts() == ["112", "999", "911"]
    expect(talk.page.locator(".you.unsent")).to_contain_text("Not sent.")
    state.down = False
    talk.tap("Send again")
    talk.page.get_by_text("Does any of these apply?").wait_for()
    expect(notice).to_have_count(0)
    expect(talk.page.locator(".you.unsent")).to_have_count(0)
    assert state.handled == ["hello", "my left calf keeps twitching"]
    assert talk.own == ["hello", "my left calf keeps twitching"]


def test_an_answer_lost_on_its_way_comes_with_the_same_id_and_counts_once(talk, state) -> None:
    state.cut_answer = True
    talk.say("my left calf keeps twitching", answered=False)
    talk.page.locator(".failed").wait_for()
    talk.page.evaluate("dispatchEvent(new Event('online'))")
    talk.page.get_by_text("Does any of these apply?").wait_for()
    assert state.handled == ["my left calf keeps twitching"]
    assert len(state.received) == 2
    assert len({message["id"] for message in state.received}) == 1
    assert talk.page.get_by_text("Does any of these apply?").count() == 1


def test_it_tries_again_by_itself(talk, state) -> None:
    state.down = True
    talk.say("hello", answered=False)
    talk.page.locator(".failed").wait_for()
    state.down = False
    talk.page.get_by_text("Heard: hello").wait_for()
    assert state.handled == ["hello"]


def test_a_message_not_sent_outlives_a_reload(talk, state) -> None:
    talk.say("hello")
    state.cut_answer = True
    talk.say("my left calf keeps twitching", answered=False)
    talk.page.locator(".failed").wait_for()
    talk.page.reload()
    talk.page.get_by_text("Does any of these apply?").wait_for()
    assert state.handled == ["hello", "my left calf keeps twitching"]
    assert talk.own == ["hello", "my left calf keeps twitching"]


def test_history_that_cannot_be_had_comes_when_the_server_is_back(talk, state) -> None:
    talk.say("hello")
    session = "**/webhooks/web/conversation"
    talk.page.route(session, lambda route: route.abort())
    talk.page.reload()
    expect(talk.page.locator(".notice")).to_contain_text("I cannot be reached")
    talk.page.unroute(session)
    talk.tap("Send again")
    talk.page.get_by_text("Heard: hello").wait_for()


@pytest.mark.parametrize(
    ("failure", "shown"),
    [
        (
            (503, {"message": "Something is broken on my side. Call 112 if you feel very unwell."}, {}),
            "broken on my side",
        ),
        ((429, {"message": "Too many"}, {"Retry-After": "1"}), "sent by itself in 1 seconds"),
        ((500, {}, {}), "I cannot be reached"),
    ],
)
def test_a_server_in_trouble_gets_the_message_again(talk, state, failure, shown) -> None:
    state.fail = [failure]
    talk.say("hello", answered=False)
    expect(talk.page.locator(".notice")).to_contain_text(shown)
    talk.page.get_by_text("Heard: hello").wait_for()
    assert state.handled == ["hello"]
    assert len({message["id"] for message in state.received}) == 1


@pytest.mark.parametrize("status", [400, 413])
def test_a_message_that_is_refused_is_given_back(talk, state, status) -> None:
    state.fail = [(status, {"message": "That is too long for me."}, {})]
    talk.say("hello", answered=False)
    expect(talk.page.locator(".notice")).to_contain_text("That is too long for me.")
    expect(talk.box).to_have_value("hello")
    talk.say("shorter")
    assert state.handled == ["shorter"]


def test_an_expired_conversation_is_told_and_a_new_one_begun(talk, state) -> None:
    talk.say("hello")
    state.turns.clear()
    talk.say("again", answered=False)
    expect(talk.page.locator(".notice")).to_contain_text("has expired")
    expect(talk.box).to_have_value("again")
    talk.box.press("Enter")
    talk.page.get_by_text("Heard: again").wait_for()
    assert state.sessions == 2


def test_an_expired_conversation_is_told_after_a_reload(talk, state) -> None:
    talk.say("hello")
    state.turns.clear()
    talk.page.reload()
    expect(talk.page.locator(".notice")).to_contain_text("has expired")
    talk.say("again")
    assert state.sessions == 2


def test_deleting_erases_on_the_server_and_asks_for_consent_again(talk, state) -> None:
    talk.say("my left calf keeps twitching").tap("Delete my data", "Cancel")
    assert len(state.turns) == 1
    talk.tap("Delete my data", "Yes, delete it")
    expect(talk.page.get_by_text("Everything you wrote here has been erased.")).to_be_visible()
    expect(talk.page.get_by_role("heading", name="Before we start")).to_be_visible()
    assert state.turns == {}
    assert talk.page.evaluate(NONE_STORED) == 0
    assert "twitching" not in talk.log.inner_text()
    assert talk.chips == []


def test_starting_over_begins_a_new_conversation(talk, state) -> None:
    talk.say("chest pain").tap("Start over", "Yes, start over")
    expect(talk.page.get_by_role("region", name="Urgent advice")).to_be_hidden()
    assert state.turns == {}
    talk.say("hello")
    assert state.sessions == 2


def test_what_could_not_be_erased_is_told(talk, state) -> None:
    talk.say("hello")
    state.down = True
    talk.tap("Delete my data", "Yes, delete it")
    expect(talk.page.get_by_text("could not be erased just now")).to_be_visible()
    expect(talk.page.get_by_text("Heard: hello")).to_be_visible()
