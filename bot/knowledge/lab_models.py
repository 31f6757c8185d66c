"""The shapes of testing.yml: which tests to ask for, and what a result means."""

from __future__ import annotations

from pydantic import Field

from bot.knowledge.models import Ids, Sourced, Strict, Text, TierId


class BloodTest(Sourced):
    """A test to ask a clinician for. ``tiers``/``concepts``/``exposures``: when it is on the list."""

    id: Text
    name: Text
    why: Text
    loinc: dict[str, Text] = {}
    note: Text | None = None
    tiers: tuple[TierId, ...] = ()
    concepts: Ids = ()
    exposures: Ids = ()


class Band(Sourced):
    """What a 25-hydroxyvitamin D result means from ``from_nmol`` on (``includes_start``: at it, too).

    ``next``: what usually happens then, without a dose; ``act``: ``say`` must not wait until the unit is known.
    """

    id: Text
    from_nmol: float
    includes_start: bool
    label: Text
    say: Text
    next: Text
    act: bool = False


class Step(Strict):
    """From ``from_nmol`` (nmol/L) on, a scale says ``label``."""

    from_nmol: float
    label: Text


class Scale(Sourced):
    """How one authority names results."""

    id: Text
    steps: list[Step] = Field(min_items=1)


class Calcium(Sourced):
    """Adjusted calcium in mmol/L: what is low, high and possible at all, and what is said."""

    low_under: float
    high_over: float
    plausible: tuple[float, float]
    say: dict[str, Text]


class ResultWords(Strict):
    """Frames of an explained result. ``units``: a unit and the ways to write it."""

    calcium: Calcium
    scales: list[Scale] = Field(min_items=1)
    both: Text
    known: Text
    reading: Text
    no_unit: Text
    implausible: Text
    units: dict[str, Ids]


class Testing(Strict):
    """testing.yml"""

    tests: list[BloodTest] = Field(min_items=1)
    preparation: tuple[Text, ...]
    bands: list[Band] = Field(min_items=1)
    plausible_nmol: tuple[float, float]
    results: ResultWords
