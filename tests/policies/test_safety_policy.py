"""A red flag wins in every state, with or without the action server, and stays."""

from __future__ import annotations

import pytest
from rasa.core.policies.ensemble import DefaultPolicyPredictionEnsemble
from rasa.core.policies.policy import PolicyPrediction
from rasa.shared.core.events import ActiveLoop, SlotSet

URGENT = [
    ("crushing chest pain and sweating", "L1"),
    ("my face has dropped on one side and my speech is slurred", "L1"),
    ("i cant breathe", "L1"),
    ("my throat is closing", "L1"),
    ("my mum is having a seizure right now", "L1"),
    ("i want to die", "L0"),
    ("numb between my legs and i cant pee", "L2"),
]


@pytest.mark.parametrize("merged", [True, False], ids=["merged", "action_server_down"])
@pytest.mark.parametrize(("text", "level"), URGENT)
@pytest.mark.parametrize("intent", ["inform", "ask_cause", "out_of_scope"])
def test_a_red_flag_is_answered_in_every_state(in_any_state, safety, chosen, domain, text, level, intent, merged):
    talk = in_any_state.says(text, intent, merged=merged)
    assert chosen(safety, talk) == "utter_red_flag"
    prediction = safety.predict_action_probabilities(talk.tracker, domain)
    assert prediction.is_no_user_prediction
    slots = {event.key: event.value for event in prediction.events if isinstance(event, SlotSet)}
    assert slots["red_flag_level"] == level
    assert slots["red_flag"]["level"] == level
    assert slots["red_flag_say"]


def test_it_beats_the_form_and_the_rules(conversation, safety, domain):
    talk = conversation.says("my calf keeps twitching").enters_form().says("crushing chest pain")
    form = [0.0] * domain.num_actions
    form[domain.index_for_action("intake_form")] = 1.0
    loop = PolicyPrediction(form, "RulePolicy", policy_priority=4, is_no_user_prediction=True)
    ours = safety.predict_action_probabilities(talk.tracker, domain)
    best = DefaultPolicyPredictionEnsemble().combine_predictions([loop, ours], talk.tracker, domain)
    assert domain.action_names_or_texts[best.probabilities.index(1.0)] == "utter_red_flag"


def test_afterwards_the_form_is_closed_and_the_bot_listens(conversation, safety, chosen):
    talk = conversation.says("my calf keeps twitching").enters_form().says("crushing chest pain")
    talk.does("utter_red_flag")
    assert chosen(safety, talk) == "action_deactivate_loop"
    talk.does("action_deactivate_loop").applies(ActiveLoop(None))
    assert chosen(safety, talk) == "action_listen"
    assert chosen(safety, talk.does("action_listen")) is None


@pytest.fixture
def after_red_flag(conversation):
    conversation.says("crushing chest pain").does("utter_red_flag", red_flag={"id": "RF-04", "level": "L1"})
    return conversation.does("action_listen")


@pytest.mark.parametrize(
    ("text", "intent"),
    [("i'm fine now", "inform"), ("thanks", "thanks"), ("which foods have it", "ask_food"), ("ok", "affirm"),
     ("no", "deny"), ("you are stupid", "abuse"), ("it was a joke", "correct")],
)  # fmt: skip
def test_the_first_message_after_it_gets_it_again(after_red_flag, safety, chosen, text, intent):
    assert chosen(safety, after_red_flag.says(text, intent)) == "utter_red_flag_again"


@pytest.mark.parametrize("intent", ["inform", "ask_food", "thanks", "affirm", "abuse", "help", "why"])
def test_so_does_every_later_one(after_red_flag, safety, chosen, intent):
    after_red_flag.says("ok", "affirm").does("utter_red_flag_again", "action_listen")
    assert chosen(safety, after_red_flag.says("and something else", intent)) == "utter_red_flag_again"


@pytest.mark.parametrize(
    ("intent", "besides"),
    [("why", "action_why"), ("ask_my_doctor", "action_doctor_list"), ("ask_food", None),
     ("delete_my_data", "utter_delete_my_data")],
)  # fmt: skip
def test_only_the_reason_and_what_to_tell_follow_in_the_same_turn(after_red_flag, safety, chosen, intent, besides):
    talk = after_red_flag.says("and now?", intent).does("utter_red_flag_again")
    assert chosen(safety, talk) == (besides or "action_listen")
    if besides:
        assert chosen(safety, talk.does(besides)) == "action_listen"


@pytest.mark.parametrize("text", ["i've been to a&e and they checked it", "the ambulance is here", "my gp has seen it"])
def test_that_somebody_has_seen_to_it_is_asked_back_and_then_lifts_it(after_red_flag, safety, chosen, text):
    assert chosen(safety, after_red_flag.says(text)) == "utter_confirm_dealt_with"
    after_red_flag.does("utter_confirm_dealt_with", "action_listen")
    assert chosen(safety, after_red_flag.says("yes, it has been looked at", "affirm")) == "utter_dealt_with"
    assert after_red_flag.talk.red_flag is None


def test_a_denial_of_what_set_it_off_is_asked_back_and_then_lifts_it(after_red_flag, safety, chosen):
    assert chosen(safety, after_red_flag.says("no, i have no chest pain", "deny")) == "utter_confirm_taken_back_named"
    after_red_flag.does("utter_confirm_taken_back_named", "action_listen")
    assert chosen(safety, after_red_flag.says("yes, that is right", "affirm")) == "utter_taken_back"
    assert after_red_flag.talk.red_flag is None


@pytest.mark.parametrize("text", ["not yet", "no", "what for", "i feel fine"])
def test_without_a_yes_it_stands(after_red_flag, safety, chosen, text):
    after_red_flag.says("the ambulance is here").does("utter_confirm_dealt_with", "action_listen")
    assert chosen(safety, after_red_flag.says(text, "deny")) == "utter_red_flag_again"


@pytest.mark.parametrize("text", ["start over", "restart please", "let's begin again"])
def test_starting_over_in_so_many_words_is_never_held_back(after_red_flag, safety, chosen, text):
    assert chosen(safety, after_red_flag.says(text, "start_over")) is None


def test_what_is_only_guessed_to_be_starting_over_is_held_back(after_red_flag, safety, chosen):
    assert chosen(safety, after_red_flag.says("ok whatever", "start_over")) == "utter_red_flag_again"


@pytest.mark.parametrize(
    "text",
    ["my calf keeps twitching for six weeks", "no chest pain at all", "this cramp is killing me", "vegan and tired"],
)
def test_no_alarm_without_a_reason(conversation, safety, chosen, text):
    assert chosen(safety, conversation.says(text)) is None


def test_a_tapped_red_flag_is_answered(conversation, safety, chosen):
    talk = conversation.says("my calf cramps").enters_form().says("in one leg: swollen, hot or red", "inform")
    assert chosen(safety, talk) == "utter_red_flag"


def test_a_tapped_red_flag_is_answered_with_the_action_server_down(conversation, safety, chosen):
    talk = conversation.says("my calf cramps").enters_form()
    assert chosen(safety, talk.says("1", "inform", merged=False)) == "utter_red_flag"


def test_what_was_told_is_kept_when_the_action_server_could_not(conversation, safety, domain):
    conversation.says("my calf keeps twitching", merged=False)
    events = safety.predict_action_probabilities(conversation.tracker, domain).events
    kept = {event.key: event.value for event in events}
    assert [finding["concept"] for finding in kept["findings"]] == ["muscle_twitching"]


def test_despair_gets_the_direct_question_even_inside_the_form(conversation, safety, chosen, domain):
    talk = conversation.says("my calf keeps twitching").enters_form().says("nobody listens to me", "distress")
    assert chosen(safety, talk) == "utter_distress"
    events = safety.predict_action_probabilities(talk.tracker, domain).events
    assert SlotSet("pending_question", "thoughts_of_suicide") in events
    assert chosen(safety, talk.does("utter_distress")) == "action_listen"


def test_saying_yes_to_it_is_answered_with_the_crisis_lines(conversation, safety, chosen):
    talk = conversation.says("nobody listens to me", "distress").does("utter_distress")
    talk.does(pending_question="thoughts_of_suicide").does("action_listen")
    assert chosen(safety, talk.says("yes", "affirm")) == "utter_red_flag"


def test_nothing_to_say_before_the_first_message(conversation, safety, chosen):
    assert chosen(safety, conversation) is None
