"""Numbered lists: ``cases/menu.yml``."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.menu import Menu, MenuError
from bot.channels.texts import text as words

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "menu.yml").read_text(encoding="utf-8"))


def answer(name: str) -> list[dict]:
    asked = CASES["lists"].get(name)
    if asked is None:
        return [{"text": "Hello."}]
    custom = {"type": "question" if asked.get("asks") else "part", "multi": asked.get("multi", False)}
    custom["exclusive"] = asked.get("exclusive", [])
    return [{"buttons": [{"title": title, "payload": title} for title in asked["titles"]], "custom": custom}]


@pytest.mark.parametrize("case", CASES["replies"], ids=lambda case: f"{case['list']}-{case['says']}")
def test_reply(case):
    menu = Menu.of(answer(case["list"]))
    if "wrong" in case:
        with pytest.raises(MenuError) as wrong:
            menu.meant(case["says"])
        assert wrong.value.code == case["wrong"]
        assert words(f"menu.{wrong.value.code}", **wrong.value.values)
    else:
        assert menu.meant(case["says"]) == case["means"]


@given(st.text())
def test_words_are_never_changed_into_a_choice(line):
    menu = Menu.of(answer("many"))
    if any(character.isalpha() for character in line.replace("and", "")):
        assert menu.meant(line) == line


def test_the_numbers_run_on_through_a_turn_and_a_choice_offered_twice_has_one():
    why = {"title": "Why?", "payload": "Why?"}
    menu = Menu.of([{"buttons": [why]}, *answer("one"), {"buttons": [why]}])
    assert [choice.title for choice in menu.choices] == ["Why?", *CASES["lists"]["one"]["titles"]]
    assert menu.meant("2") == "under 18"
