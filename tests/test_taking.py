"""Doses told in several messages (cases/doses_told.yml) add up to what is taken in all."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.clinical import read
from bot.hearing import heard
from bot.talk import Message, Talk

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "doses_told.yml").read_text(encoding="utf-8"))


def after(*texts: str) -> Talk:
    """The talk after these messages."""
    talk = Talk()
    for number, text in enumerate(texts):
        talk = heard(talk, Message(f"{number}", text, "inform", read(text)))
    return talk


@pytest.mark.parametrize("case", CASES, ids=lambda case: " / ".join(case["told"]))
def test_doses_add_up(case):
    assert set(case) == {"told", "iu"}
    assert after(*case["told"]).case.profile.supplement_iu_day == case["iu"]


def test_the_sum_is_read_back():
    talk = after("i take 1000 iu of vitamin d a day", "my multivitamin has 400 iu")
    assert talk.news == [{"supplement_iu_day": 1400.0}]
