"""The parts of a rule once it is parsed, and the words a rule may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

STATUSES = frozenset({"present", "absent", "past", "other", "hypothetical"})
WORD_SLOTS: Mapping[str, frozenset[str] | None] = {
    "onset": frozenset({"sudden", "hours_days", "gradual", "unknown"}),
    "course": frozenset({"better", "same", "worse", "unknown"}),
    "side": frozenset({"left", "right", "both", "unknown"}),
    "about": frozenset({"self", "child", "infant", "other"}),
    "body": None,
    "span": None,
}
NUMBER_SLOTS = frozenset({"duration_days", "days_ago", "severity"})
CASE_NUMBERS = frozenset({"age", "dose_iu_day", "pregnancy_weeks", "major", "moderate"})
CASE_WORDS = frozenset({"about", "red_flag"})
LEVELS = ("L0", "L1", "L2", "L3", "L4", "L5")


class RuleError(ValueError):
    """A rule that does not parse, or names something that does not exist."""


@dataclass(frozen=True)
class Compare:
    """``subject op values``; ``subject`` is a slot inside brackets, a value of the case outside."""

    subject: str
    op: str
    values: tuple[Any, ...]
    unsure: bool = False


@dataclass(frozen=True)
class Mention:
    """A finding, exposure or sign with one of ``statuses`` for which every condition holds."""

    key: str
    status: str = "present"
    conditions: tuple[Expr, ...] = ()


@dataclass(frozen=True)
class AllOf:
    parts: tuple[Expr, ...]


@dataclass(frozen=True)
class AnyOf:
    """First part that holds; ``gather`` takes the words of every part that holds (``any(set)``)."""

    parts: tuple[Expr, ...]
    gather: bool = False


@dataclass(frozen=True)
class Negation:
    part: Expr


@dataclass(frozen=True)
class HowMany:
    """Number of parts that hold, compared."""

    parts: tuple[Expr, ...]
    op: str
    values: tuple[Any, ...]


Expr: TypeAlias = Compare | Mention | AllOf | AnyOf | Negation | HowMany


@dataclass(frozen=True)
class Clause:
    """``condition -> outcome``; a missing condition (``otherwise``) always holds."""

    condition: Expr
    outcome: str


@dataclass(frozen=True)
class Vocabulary:
    """What a rule may name. ``mentions`` holds finding and exposure ids and ``sign.x``."""

    mentions: frozenset[str]
    labs: frozenset[str] = frozenset()
    body: frozenset[str] = frozenset()
    macros: Mapping[str, str] = field(default_factory=dict)
    sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)
    limits: frozenset[str] = frozenset()
    outcomes: frozenset[str] = frozenset({*LEVELS, "ASK"})


OTHERWISE = AllOf(())
