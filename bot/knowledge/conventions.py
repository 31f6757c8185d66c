"""What the rules of red_flags.yml and tiers.yml may name, and what they take for granted."""

from __future__ import annotations

from collections.abc import Collection

from bot.knowledge import ladder_models, models
from bot.knowledge.evaluation import Conventions
from bot.knowledge.syntax import Vocabulary
from bot.reading import Profile

CHILD_FROM_YEARS, ADULT_LIMIT_FROM_YEARS = 1, 11  # section 5.2: limits under 1, at 1 to 10, from 11


def vocabulary_of(
    concepts: Collection[str], exposures: Collection[str], notation: models.Notation, ladder: ladder_models.Ladder
) -> Vocabulary:
    """The names that rules may use."""
    return Vocabulary(
        mentions=frozenset({*concepts, *exposures, *(f"sign.{sign}" for sign in notation.signs)}),
        labs=frozenset(notation.labs),
        body=frozenset(notation.body),
        macros=notation.macros,
        sets=ladder.sets,
        numbers=ladder.thresholds,
        limits=frozenset({"dose_limit"}),
    )


def conventions_of(notation: models.Notation, ladder: ladder_models.Ladder) -> Conventions:
    """What rules take for granted: which places lie inside others, what a past status counts for, dose limits."""
    limits = {who: ladder.thresholds[name] for who, name in ladder.dose_limits.items()}
    return Conventions(
        inside={part: frozenset(inner) for part, inner in notation.body.items()},
        past_counts=frozenset(notation.past_counts),
        implied_ages=notation.implied_ages,
        limits={"dose_limit": lambda profile: limits[age_group(profile)]},
    )


def age_group(profile: Profile) -> str:
    """infant, child or adult, as the dose limits go; unknown ages are adult unless the talk is about a child."""
    if profile.age is None:
        return profile.about if profile.about in ("infant", "child") else "adult"
    if profile.age < CHILD_FROM_YEARS:
        return "infant"
    return "child" if profile.age < ADULT_LIMIT_FROM_YEARS else "adult"
