"""What a blood result means (section 5.5): calcium first, both units until it is known, UK and US side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.knowledge.lab_models import Band, ResultWords, Scale
from bot.knowledge.loading import Knowledge
from bot.reading import LabResult

VITAMIN_D_TEST, CALCIUM_TEST = "25-oh-d", "calcium"
NG, NMOL = "ng/mL", "nmol/L"
NMOL_PER_NG = 2.496  # section 5.5: nmol/L = ng/mL x 2.496
MMOL_PER_MG_DL = 0.2495  # calcium: 1 mg/dL
CALCIUM_MG_DL_FROM = 4.0  # without a unit a calcium above this can only be mg/dL (notes to 4.5)
MOST_UNIT_WORDS = 6  # "it says nmol/L on the report": a message that only names the unit


@dataclass(frozen=True)
class Explained:
    """One result in words. ``kind``: calcium, known, open (the unit is missing) or questioned (cannot be real)."""

    kind: str
    result: LabResult
    say: str
    sources: tuple[str, ...] = ()
    bands: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """For the payload: the result, how it was taken, and its band or, by ng/mL and nmol/L, its two bands."""
        keys = ("test", "value", "unit", "nmol_per_l")
        plain = self.result.to_dict()
        return {**{key: plain[key] for key in keys}, "kind": self.kind, "bands": list(self.bands)}


def explained(results: Sequence[LabResult], knowledge: Knowledge) -> tuple[Explained, ...]:
    """Calcium results, then vitamin D results, the most recently told of each test; other tests are not explained."""
    latest = {result.test: result for result in results}
    said: list[Explained] = []
    if CALCIUM_TEST in latest:
        said.append(_calcium(latest[CALCIUM_TEST], knowledge.testing.results))
    if VITAMIN_D_TEST in latest:
        said.append(_vitamin_d(latest[VITAMIN_D_TEST], knowledge))
    return tuple(said)


def explained_results(results: Sequence[LabResult], knowledge: Knowledge) -> tuple[str, ...]:
    """The sentences of ``explained``."""
    return tuple(item.say for item in explained(results, knowledge))


def _calcium(result: LabResult, words: ResultWords) -> Explained:
    in_mg = result.unit == "mg/dL" or (result.unit is None and result.value > CALCIUM_MG_DL_FROM)
    mmol = result.value * MMOL_PER_MG_DL if in_mg else result.value
    limits = words.calcium
    if not limits.plausible[0] <= mmol <= limits.plausible[1]:
        return Explained("questioned", result, words.implausible.format(value=_number(result.value)))
    where = "low" if mmol < limits.low_under else "high" if mmol > limits.high_over else "normal"
    say = limits.say[where].format(value=_number(result.value), unit=result.unit or "").replace("  ", " ")
    return Explained("calcium", result, say, tuple(limits.sources), (where,))


def _vitamin_d(result: LabResult, knowledge: Knowledge) -> Explained:
    words = knowledge.testing.results
    nmol = result.nmol_per_l
    if nmol is not None or result.unit is not None:
        if nmol is None or not _plausible(nmol, knowledge):
            say = words.implausible.format(value=f"{_number(result.value)} {result.unit or NMOL}")
            return Explained("questioned", result, say)
        band = band_of(nmol, knowledge)
        say = words.known.format(both=_both(nmol, result, words), **_meaning(nmol, band, knowledge))
        return Explained("known", result, say, tuple(band.sources), (band.id,))
    readings = {NG: result.value * NMOL_PER_NG, NMOL: result.value}
    possible = {unit: value for unit, value in readings.items() if _plausible(value, knowledge)}
    if not possible:
        return Explained("questioned", result, words.implausible.format(value=_number(result.value)))
    bands = {unit: band_of(value, knowledge) for unit, value in possible.items()}
    parts: list[str] = []
    for unit, band in bands.items():
        parts.append(words.reading.format(unit=unit, label=band.label, **_meaning(possible[unit], band, knowledge)))
        if band.act or len(bands) == 1:
            parts.append(band.say)
    say = words.no_unit.format(value=_number(result.value), readings=" ".join(parts))
    sources = tuple(dict.fromkeys(source for band in bands.values() for source in band.sources))
    return Explained("open", result, say, sources, tuple(band.id for band in bands.values()))


def _both(nmol: float, result: LabResult, words: ResultWords) -> str:
    """The result in the unit told and in the other one."""
    own = f"{_number(result.value)} {result.unit or NMOL}"
    other = f"{_number(round(nmol / NMOL_PER_NG, 1))} {NG}" if result.unit != NG else f"{_number(round(nmol))} {NMOL}"
    return words.both.format(own=own, other=other)


def _meaning(nmol: float, band: Band, knowledge: Knowledge) -> dict[str, str]:
    scales = {str(scale.id): _step(nmol, scale) for scale in knowledge.testing.results.scales}
    return {**scales, "say": band.say, "next": band.next}


def _step(nmol: float, scale: Scale) -> str:
    return [step.label for step in scale.steps if nmol >= step.from_nmol][-1]


def _plausible(nmol: float, knowledge: Knowledge) -> bool:
    least, most = knowledge.testing.plausible_nmol
    return least <= nmol <= most


def band_of(nmol_per_l: float, knowledge: Knowledge) -> Band:
    """The band of a result in nmol/L; edges belong where section 5.5 says."""
    reached = [
        band
        for band in knowledge.testing.bands
        if nmol_per_l > band.from_nmol or (band.includes_start and nmol_per_l == band.from_nmol)
    ]
    return reached[-1]


def unit_named(text: str, knowledge: Knowledge) -> str | None:
    """The unit of vitamin D, if that is all that a message says."""
    words = re.findall(r"[\w/.]+", text.casefold())
    if not 0 < len(words) <= MOST_UNIT_WORDS or any(word[0].isdigit() for word in words):
        return None
    named = {unit for unit, spellings in knowledge.testing.results.units.items() if {*spellings} & {*words}}
    return named.pop() if len(named) == 1 else None


def with_unit(results: Sequence[LabResult], unit: str) -> tuple[LabResult, ...]:
    """The vitamin D results that lack a unit, completed with it."""
    return tuple(_completed(results, unit))


def _completed(results: Sequence[LabResult], unit: str) -> Iterator[LabResult]:
    for result in results:
        if result.test == VITAMIN_D_TEST and result.unit is None:
            nmol = result.value * NMOL_PER_NG if unit == NG else result.value
            yield replace(result, unit=unit, nmol_per_l=round(nmol, 1))


def _number(value: float) -> str:
    return f"{value:,.10g}"
