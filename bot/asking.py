"""Whether a message only tells or only asks, by what was read in it and by its words. Pure."""

from __future__ import annotations

from bot.phrases import found
from bot.reading import Reading
from bot.whom import speaks_of_oneself

ASKED_ABOUT = "hypothetical"


def only_tells(reading: Reading, text: str) -> bool:
    """Whether somebody speaks of themselves and asks nothing: "I work nights and don't get any sun".

    A dose or a result is explained even when it is merely told.
    """
    told = [*reading.findings, *reading.exposures]
    explained = reading.lab_results or reading.profile.supplement_iu_day is not None
    return bool(told) and not explained and not _may_ask(text) and speaks_of_oneself(text)


def only_asks(reading: Reading, text: str) -> bool:
    """Whether symptoms are asked about and nothing is told: "and what about depression?"."""
    asked = [finding.status == ASKED_ABOUT for finding in reading.findings]
    return bool(asked) and all(asked) and not reading.exposures and _may_ask(text)


def _may_ask(text: str) -> bool:
    return "?" in text or found(text, "asking") is not None
