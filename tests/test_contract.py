"""What has to agree across files: ids, responses, buttons, slots, intents; and no prose in Python."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions import slots
from bot.confirming import DEALT_WITH, TAKEN_BACK
from bot.knowledge import load
from bot.knowledge.choices import resolve_answer
from bot.knowledge.intake import next_question
from bot.reading import Finding, Profile, Reading, Sign
from bot.talk import Talk

ROOT = Path(__file__).parents[1]
CODE = [path for folder in ("actions", "bot") for path in sorted((ROOT / folder).rglob("*.py"))]
DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
RESPONSES: dict[str, list[dict[str, Any]]] = {
    name: variants
    for path in sorted((ROOT / "data" / "nlu" / "responses").glob("*.yml"))
    for name, variants in yaml.safe_load(path.read_text(encoding="utf-8"))["responses"].items()
}
RULES = [
    rule
    for path in sorted((ROOT / "data" / "rules").glob("*.yml"))
    for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]
]
LIFTED = (DEALT_WITH, TAKEN_BACK)
OF_EACH_SLOT = "utter_why_"  # actions complete it with the slot of the question that waits


def question_slots() -> set[str]:
    return {question.slot for _, question in load().intake.questions()}


def strings(path: Path) -> Iterator[tuple[ast.AST, str]]:
    """String literals of a file with the statement they stand in, docstrings left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for parent in ast.walk(tree):
        for child in ast.iter_child_nodes(parent):
            child.parent = parent  # type: ignore[attr-defined]
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and not isinstance(node.parent, ast.Expr):  # type: ignore[attr-defined]
            yield node, node.value  # type: ignore[attr-defined]


def used_responses() -> set[str]:
    named = {text for path in CODE for _, text in strings(path) if re.fullmatch(r"utter_\w+", text)}
    named |= {step["action"] for rule in RULES for step in rule["steps"] if "action" in step}
    named = {name for name in named if name.startswith("utter_")} - {OF_EACH_SLOT}
    return named | {f"{OF_EACH_SLOT}{slot}" for slot in question_slots()}


def test_every_response_that_is_used_exists_and_every_one_that_exists_is_used():
    assert used_responses() == set(RESPONSES)


def test_every_urgent_level_has_its_reminder():
    levels = {variant["condition"][0]["value"] for variant in RESPONSES["utter_red_flag_again"]}
    assert levels == {"L0", "L1", "L2", "L3"}


def variants() -> list[Any]:
    return [
        pytest.param(name, variant, id=f"{name}-{place}")
        for name, several in RESPONSES.items()
        for place, variant in enumerate(several)
    ]


@pytest.mark.parametrize(("name", "variant"), variants())
def test_a_button_says_what_a_person_could_type(name, variant):
    assert variant["text"].strip()
    for button in variant.get("buttons", ()):
        assert button["payload"] == button["title"]
        assert not button["payload"].startswith("/")


@pytest.mark.parametrize(("name", "variant"), variants())
def test_ids_in_payloads_exist(name, variant):
    custom = variant.get("custom", {})
    kind = custom.get("type")
    if kind == "answer":
        assert custom["topic"] in load().answers
    elif kind == "question":
        assert custom["slot"] in question_slots()
        assert custom["id"] in {question.id for _, question in load().intake.questions()}
    elif kind == "red_flag":
        assert (custom["level"], custom["rule"]) == ("{red_flag_level}", "{red_flag_rule}")
    elif kind == "lifted":
        assert custom["what"] in LIFTED
    else:
        assert custom in ({}, {"type": "part", "of": "assessment"})


@pytest.mark.parametrize(("name", "variant"), variants())
def test_a_response_writes_no_dashes_and_no_dose_for_a_person(name, variant):
    assert "\u2014" not in variant["text"]
    assert not re.search(r"\byou (should|must|can) take \d", variant["text"].lower())


def questions() -> list[Any]:
    """Every question there is, as the intake asks it in a talk that calls for it."""
    intake = load().intake
    cases = {
        bundle.id: Reading(findings=(Finding(bundle.complaints[0]),)) for bundle in intake.bundles if bundle.complaints
    }
    cases["flags_child"] = Reading(
        findings=(Finding("muscle_cramp", status="other"),), profile=Profile(about="child", age=4)
    )
    cases["flags_high_dose"] = Reading(findings=(Finding("fatigue"),), profile=Profile(supplement_iu_day=10000))
    cases["thoughts_of_suicide"] = Reading(signs=(Sign("cant_go_on"),))
    cases["symptoms"] = Reading()
    return [pytest.param(name, case, id=name) for name, case in cases.items()]


@pytest.mark.parametrize(("name", "case"), questions())
def test_every_button_of_every_question_resolves_to_what_it_says(name, case):
    asked: list[str] = []
    seen = []
    while (question := next_question(case, asked, limit=20)) is not None:
        seen.append(question.id)
        for option in question.options:
            assert resolve_answer(question, option.title) == (option,)
        follow_ups = [option.adds for option in question.options if not (option.none or option.unsure)]
        case = case.merged(
            Reading(signs=tuple(sign for adds in follow_ups for sign in adds.signs if "which" in sign.sign))
        )
        asked.append(question.id)
    assert name in seen


def test_slots_are_named_once_and_are_those_of_the_domain():
    assert set(DOMAIN["slots"]) == set(slots.ALL)
    assert len(slots.ALL) == len(set(slots.ALL))
    assert {f.name for f in fields(Talk)} == set(slots.OF_THE_TALK)
    constants = {value for name, value in vars(slots).items() if name.isupper() and isinstance(value, str)}
    assert constants == set(slots.ALL)


def test_slots_are_not_carried_over_and_decide_no_rule():
    assert DOMAIN["session_config"]["carry_over_slots_to_new_session"] is False
    assert not any(slot["influence_conversation"] for slot in DOMAIN["slots"].values())


def test_the_actions_of_the_domain_are_those_of_the_package():
    from rasa_sdk.executor import ActionExecutor

    executor = ActionExecutor()
    executor.register_package("actions")
    assert set(executor.actions) == set(DOMAIN["actions"])


def test_the_intents_of_the_domain_have_examples_and_a_rule():
    files = sorted((ROOT / "data" / "nlu").glob("*.yml"))
    trained = {
        entry["intent"]
        for path in files
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
        if "intent" in entry
    }
    steps = [step for rule in RULES for first in rule["steps"] for step in first.get("or", [first])]
    assert set(DOMAIN["intents"]) == trained == {step["intent"] for step in steps if "intent" in step}


def test_question_intents_are_the_topics_of_the_knowledge():
    topics = {intent.removeprefix("ask_") for intent in DOMAIN["intents"] if intent.startswith("ask_")} - {"my_doctor"}
    assert topics == set(load().answers) - {"out_of_scope"}


# What a person reads stands in YAML. A sentence is four words in a row; what only an operator or a log sees may be one.
SENTENCE = re.compile(r"\b[A-Za-z']+( [a-z']+){3,}")
FOR_OPERATORS = (ast.Raise, ast.Assert)
OPERATOR_CALLS = (
    "debug",
    "info",
    "warning",
    "error",
    "exception",
    "ArgumentParser",
    "add_argument",
    "add_parser",
    "print",
)


def is_for_operators(node: ast.AST) -> bool:
    while (node := getattr(node, "parent", None)) is not None:
        if isinstance(node, FOR_OPERATORS):
            return True
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in OPERATOR_CALLS or called.endswith("Error"):
                return True
    return False


# What is wrong in a knowledge file, for whoever edits it.
FOR_EDITORS = (ROOT / "bot" / "knowledge" / "loading.py",)


@pytest.mark.parametrize(
    "path", [path for path in CODE if path not in FOR_EDITORS], ids=lambda path: str(path.relative_to(ROOT))
)
def test_no_sentence_that_a_person_reads_stands_in_python(path):
    found = [text for node, text in strings(path) if SENTENCE.search(text) and not is_for_operators(node)]
    assert found == []
