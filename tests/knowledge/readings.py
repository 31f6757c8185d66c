"""Readings written in one line, as the case tables write them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.knowledge import load
from bot.reading import Exposure, Finding, LabResult, Profile, Reading, Sign

CASES = Path(__file__).parent.parent / "cases"
SLOTS = {"duration": "duration_days"}
NUMBERS = ("duration_days", "days_ago", "severity")
WHO = {"dose": "supplement_iu_day", "weeks": "pregnancy_weeks"}
NMOL_PER_NG = 2.496


def table(name: str) -> Any:
    """A file of ``tests/cases``."""
    return yaml.safe_load((CASES / name).read_text(encoding="utf-8"))


def reading(say: Iterable[str] = (), who: Mapping[str, Any] | None = None, labs: Iterable[str] = ()) -> Reading:
    """``say``: "id[:status] slot=value"; ``who``: profile; ``labs``: "test value [unit]"."""
    findings, exposures, signs = [], [], []
    for text in say:
        name, status, slots = _parts(text)
        if name.startswith("sign."):
            signs.append(Sign(name.removeprefix("sign."), status=status, span=text))
        elif name in load().exposures:
            exposures.append(Exposure(name, status=status, **{"span": text, **slots}))
        else:
            assert name in load().concepts, name
            findings.append(Finding(name, status=status, span=text, **slots))
    profile = Profile(**{WHO.get(name, name): value for name, value in (who or {}).items()})
    results = tuple(_lab(text) for text in labs)
    return Reading(
        findings=tuple(findings),
        exposures=tuple(exposures),
        signs=tuple(signs),
        lab_results=results,
        profile=profile,
    )


def _parts(text: str) -> tuple[str, Any, dict[str, Any]]:
    head, *rest = text.split()
    name, _, status = head.partition(":")
    slots: dict[str, Any] = {}
    for part in rest:
        slot, _, value = part.partition("=")
        slot = SLOTS.get(slot, slot)
        if slot == "body":
            slots[slot] = tuple(place.replace("_", " ") for place in value.split("+"))
        else:
            slots[slot] = float(value) if slot in NUMBERS else value.replace("_", " ") if slot == "span" else value
    return name, status or "present", slots


def _lab(text: str) -> LabResult:
    test, value, *unit = text.split()
    number = float(value)
    nmol = None
    if test == "25-oh-d" and unit:
        nmol = number * NMOL_PER_NG if unit[0] == "ng/mL" else number
    return LabResult(test, number, unit[0] if unit else None, nmol)
