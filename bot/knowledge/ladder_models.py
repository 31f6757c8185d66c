"""The shapes of tiers.yml: the ladder of test advice and what is said at its rungs."""

from __future__ import annotations

from pydantic import Field

from bot.knowledge.models import Ids, Strict, Text, TierId


class TierRule(Strict):
    """One rule of the ladder; rules are tried in file order. ``reason``: why, as the person reads it."""

    id: Text
    when: Text
    basis: Text
    reason: Text


class TierInfo(Strict):
    """What a tier says. ``had_test`` is for somebody who already has a result."""

    name: Text
    say: list[Text] = Field(min_items=1)
    had_test: Text | None = None


class TimeUnit(Strict):
    """A unit of time: used from ``at_least`` days on."""

    days: float
    at_least: float
    one: Text
    many: Text


class Discount(Strict):
    """A finding that does not count towards a tier while ``when`` holds."""

    concept: Text
    when: Text
    basis: Text


class Note(Strict):
    """A sentence added to the advice while ``when`` holds; ``everybody``: also for what is said of others."""

    id: Text
    when: Text
    tiers: tuple[TierId, ...]
    say: Text
    everybody: bool = False


class SupplementAdvice(Strict):
    """National advice on a standard supplement, by country, for whom ``when`` holds; ``general`` for elsewhere."""

    id: Text
    when: Text
    say: dict[str, Text]
    sources: list[Text] = Field(min_items=1)


class ReasonWords(Strict):
    """How a reason is put together: units of time from the longest, and the frames around name, place and time."""

    units: list[TimeUnit] = Field(min_items=1)
    place: Text
    side: dict[str, Text]
    lasting: Text


class GateWords(Strict):
    """What the supplement gate says; ``who``: the groups that have their own limit."""

    over: Text
    within: Text
    because: Text
    who: dict[str, Text]
    sources: list[Text] = Field(min_items=1)


class Ladder(Strict):
    """tiers.yml"""

    thresholds: dict[str, float]
    dose_limits: dict[str, Text]
    sets: dict[str, Ids]
    count_once: tuple[Ids, ...]
    not_counted: Ids
    infant_own: Ids
    rules: list[TierRule] = Field(min_items=1)
    tiers: dict[TierId, TierInfo]
    with_t1: Text
    supplement: list[SupplementAdvice] = Field(min_items=1)
    reasons: ReasonWords
    mentioned: Text
    gate: GateWords
    discounts: tuple[Discount, ...] = ()
    notes: tuple[Note, ...] = ()
    shown_causes: int = Field(ge=2)
