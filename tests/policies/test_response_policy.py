"""The script: take down, ask, explain, advise; never a result without an intake."""

from __future__ import annotations

import pytest
from rasa.shared.core.events import ActiveLoop, SlotSet

FORM = "intake_form"


@pytest.mark.parametrize("intent", ["inform", "greet", "abuse", "out_of_scope", "correct", "affirm"])
def test_a_symptom_starts_the_intake_whatever_the_intent_was_taken_for(conversation, response, chosen, intent):
    talk = conversation.says("hello you thing, my calf keeps twitching", intent)
    assert chosen(response, talk) == FORM


def test_a_question_is_answered_first_and_then_its_symptom_asked_about(conversation, response, chosen):
    talk = conversation.says("my calf keeps twitching, should i get tested?", "ask_test")
    assert chosen(response, talk) is None
    assert chosen(response, talk.does("action_answer")) == FORM


def test_a_question_without_a_symptom_is_only_answered(conversation, response, chosen):
    talk = conversation.says("which foods have vitamin d", "ask_food").does("action_answer")
    assert chosen(response, talk) == "action_listen"


def test_a_lab_result_is_explained(conversation, response, chosen):
    assert chosen(response, conversation.says("my vitamin d was 18 ng/ml")) == "action_answer"


@pytest.mark.parametrize("text", ["i'm vegan", "no cramps", "hello", "lorem ipsum"])
def test_no_intake_without_a_symptom(conversation, response, chosen, text):
    assert chosen(response, conversation.says(text)) is None


def test_exposures_alone_go_on_once_a_symptom_was_asked_for(conversation, response, chosen):
    talk = conversation.says("i'm vegan").does("action_take_note", asked=["symptoms"]).does("action_listen")
    assert chosen(response, talk.says("no symptoms", "deny")) == FORM


def test_inside_the_form_it_asks_what_the_form_settled_on_and_then_listens(conversation, response, chosen, domain):
    talk = conversation.says("my calf keeps twitching").enters_form()
    assert chosen(response, talk.says("none", "deny")) is None
    for done, after in ((FORM, "action_ask"), ("action_ask", "action_listen")):
        talk.does(done)
        assert chosen(response, talk) == after
        assert response.predict_action_probabilities(talk.tracker, domain).is_no_user_prediction


def complete(policy, talk, domain) -> list:
    """What the policy's events make of the slot that the form fills."""
    events = policy.predict_action_probabilities(talk.tracker, domain).events
    return [event.value for event in events if isinstance(event, SlotSet) and event.key == "intake_complete"]


ALL_TOLD = "i work nights and hardly see the sun. vegan too"


def test_the_form_goes_on_with_an_answer_and_ends_when_nothing_is_left_to_ask(conversation, safety, domain):
    talk = conversation.says("my calf keeps twitching, about six weeks now").enters_form()
    assert complete(safety, talk.says("none", "deny"), domain) == [None]
    assert complete(safety, talk.enters_form().says(ALL_TOLD), domain)[-1] is True


@pytest.mark.parametrize("intent", ["ask_test", "why", "help", "start_over", "thanks", "abuse"])
def test_the_form_steps_aside_for_a_request(conversation, safety, domain, intent):
    talk = conversation.says("my calf keeps twitching").enters_form()
    assert complete(safety, talk.says("and something quite different", intent), domain) == []


def test_after_an_answer_in_between_the_form_still_ends_when_nothing_is_left(conversation, response, domain):
    talk = conversation.says("my calf keeps twitching, about six weeks now").enters_form().says("none", "deny")
    talk.enters_form().says(f"{ALL_TOLD}. should i get tested?", "ask_test").does("action_answer")
    assert complete(response, talk, domain) == [True]


def test_what_changes_a_result_is_reckoned_anew_at_once(finished, response, domain):
    assert complete(response, finished.says("hours, not weeks", merged=False), domain) == [True]


def test_an_urgent_answer_leaves_the_intake_as_it_is(conversation, safety, domain):
    talk = conversation.says("my calf keeps twitching").enters_form().says("crushing chest pain and sweating")
    assert complete(safety, talk, domain) == []


def test_from_a_complete_intake_to_the_advice(conversation, response, chosen):
    talk = conversation.says("my calf keeps twitching").does(FORM, intake_complete=True)
    for action in ("action_explain", "action_advise", "action_listen"):
        assert chosen(response, talk) == action
        talk.does(action)


@pytest.mark.parametrize("complete", [None, False])
def test_never_a_result_when_the_form_could_not_run(conversation, response, chosen, complete):
    talk = conversation.says("my calf keeps twitching").does(FORM, intake_complete=complete)
    assert chosen(response, talk) == "action_take_note"
    assert chosen(response, talk.does("action_take_note")) == "action_listen"


def test_never_a_result_when_nothing_was_read(conversation, response, chosen):
    assert chosen(response, conversation.says("hello").does(FORM, intake_complete=True)) == "action_take_note"


def test_a_result_that_was_cut_off_is_given_with_the_next_message(conversation, response, chosen):
    talk = conversation.says("my calf keeps twitching").does(FORM, intake_complete=True).applies(ActiveLoop(None))
    talk.does("action_explain", "action_listen")
    assert chosen(response, talk.says("hello?", "inform")) == "action_explain"


def test_something_new_after_a_result_is_asked_about(finished, response, chosen):
    assert chosen(response, finished.says("my lower back hurts too")) == FORM


@pytest.mark.parametrize(("text", "intent"), [("ok", "affirm"), ("thanks", "thanks"), ("Why?", "why")])
def test_nothing_new_after_a_result_changes_nothing(finished, response, chosen, text, intent):
    assert chosen(response, finished.says(text, intent)) is None


def test_nothing_about_vitamin_d_while_an_urgent_answer_stands(conversation, response, chosen):
    talk = conversation.says("crushing chest pain").does("utter_red_flag", red_flag={"id": "RF-04", "level": "L1"})
    talk.does("action_listen").says("my calf keeps twitching")
    assert chosen(response, talk) is None


def test_priorities_are_their_own_and_above_the_rules(safety, response):
    assert safety.priority > response.priority > 4
