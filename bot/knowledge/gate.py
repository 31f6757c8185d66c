"""The supplement gate: whether more vitamin D would be unsafe, seen from what is taken already and from illnesses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.knowledge.conventions import age_group
from bot.knowledge.ladder import names_of, tier_case
from bot.knowledge.loading import Knowledge, load
from bot.reading import Profile, Reading

SAFETY_TIER: Literal["T4"] = "T4"
IU_PER_MICROGRAM = 40  # section 5.5


@dataclass(frozen=True)
class Gate:
    """``closed``: nothing may be added without a doctor (tier T4). ``say``: in words; ``sources``: ids."""

    closed: bool
    say: str
    sources: tuple[str, ...]


def gate_of(case: Reading) -> Gate | None:
    """The gate for a talk; None when neither a dose nor anything that forbids one was told. Pure."""
    knowledge = load()
    holding = knowledge.tier_index.holding(tier_case(case, ()))
    safety = next((evidence for clause, evidence in holding if clause.outcome == SAFETY_TIER), None)
    if safety is None and case.profile.supplement_iu_day is None:
        return None
    words = knowledge.ladder.gate
    line = taken_line(case.profile, knowledge)
    parts = [line] if line else []
    if safety is not None:
        names = names_of(safety, knowledge)
        parts += [words.because.format(names="; ".join(names))] if names else []
        parts.append(knowledge.ladder.tiers[SAFETY_TIER].say[0])
    return Gate(safety is not None, " ".join(parts), tuple(words.sources))


def taken_line(profile: Profile, knowledge: Knowledge) -> str:
    """What is taken in all, against the general upper limit for that age; empty if nothing was told."""
    taken = profile.supplement_iu_day
    if taken is None:
        return ""
    words = knowledge.ladder.gate
    limit = knowledge.conventions.limits["dose_limit"](profile)
    frame = words.over if taken > limit else words.within
    return frame.format(
        iu=f"{taken:,.0f}",
        micrograms=f"{round(taken / IU_PER_MICROGRAM, 1):,.10g}",
        limit=f"{limit:,.0f}",
        who=words.who[age_group(profile)],
    )
