"""What a typed answer means among the options of its question."""

from __future__ import annotations

import pytest

from bot.knowledge import load
from bot.knowledge.choices import Option, Question, resolve_answer
from bot.reading import Profile, Reading


@pytest.mark.parametrize(("about", "said", "band"), [
    ("child", "3", "from_1"), ("child", "0", "under_1"), ("child", "12", "from_11"), ("child", "1 to 10", "from_1"),
    ("self", "52", "from_50"), ("self", "3", "under_18"), ("self", "700", None),
])  # fmt: skip
def test_a_number_where_an_age_is_asked_is_that_age(about, said, band):
    ages = next(info for info in load().intake.ages if about in info.about)
    options = tuple(
        Option(info.id, info.title, Reading(profile=Profile(age=info.profile.age))) for info in ages.options
    )
    chosen = resolve_answer(Question(ages.id, ages.slot, "choice", options), said)
    assert [option.id for option in chosen] == ([band] if band else [])
