"""What a text says: findings, durations, exposures, signs, red flags, lab results and whom it is about.

Plain, frozen values without behaviour beyond conversion and merging. Shapes and field names are those
of the parse contract: offsets are character offsets into the text as given, durations are in days,
severity runs from 0 to 10, doses are in IU a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, TypeVar

Status = Literal["present", "absent", "past", "other", "hypothetical"]
Side = Literal["left", "right", "both"]
Onset = Literal["sudden", "hours_days", "gradual"]
Course = Literal["better", "same", "worse"]
About = Literal["self", "child", "infant", "other"]
Level = Literal["L0", "L1", "L2", "L3", "L4", "L5"]

T = TypeVar("T", bound="_Record")


class _Record:
    """Conversion to and from the JSON shape of the contract."""

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready copy: tuples become lists, nothing is left out."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}  # type: ignore[arg-type]

    @classmethod
    def from_dict(cls: type[T], data: Mapping[str, Any]) -> T:
        """Rebuild from ``to_dict``'s shape; unknown keys are ignored, missing ones take their default."""
        names = {f.name for f in fields(cls)}  # type: ignore[arg-type]
        known = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items() if k in names}
        return cls(**known)


def _plain(value: Any) -> Any:
    if isinstance(value, _Record):
        return value.to_dict()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


@dataclass(frozen=True)
class Finding(_Record):
    """One symptom mention: ``text[start:end] == span``."""

    concept: str
    span: str = ""
    start: int = 0
    end: int = 0
    status: Status = "present"
    body: tuple[str, ...] = ()
    side: Side | None = None
    duration_days: float | None = None
    cue: str | None = None
    onset: Onset | None = None
    course: Course | None = None
    days_ago: float | None = None
    severity: int | None = None


@dataclass(frozen=True)
class Duration(_Record):
    """How long something has lasted, in days ("a couple of months" is 60)."""

    span: str
    start: int
    end: int
    days: float
    kind: str = "for"


@dataclass(frozen=True)
class Exposure(_Record):
    """Something that bears on vitamin D or on safety: diet, daylight, illness, medicine."""

    exposure: str
    span: str = ""
    start: int = 0
    end: int = 0
    status: Status = "present"
    cue: str | None = None
    days_ago: float | None = None


@dataclass(frozen=True)
class Sign(_Record):
    """Words that matter to red-flag rules only; no vitamin D link of their own."""

    sign: str
    span: str = ""
    start: int = 0
    end: int = 0
    status: Status = "present"


@dataclass(frozen=True)
class RedFlag(_Record):
    """A rule that fired, at its level, with the words that set it off (empty for a structured answer).

    ``learned``: no rule holds, but the words are like those of emergencies; ``id`` is the nearest rule.
    """

    id: str
    level: Level
    span: str = ""
    start: int = 0
    end: int = 0
    learned: bool = False


@dataclass(frozen=True)
class LabResult(_Record):
    """A blood result as written; ``nmol_per_l`` only for 25-OH-D with a known unit."""

    test: str
    value: float
    unit: str | None = None
    nmol_per_l: float | None = None
    span: str = ""
    start: int = 0
    end: int = 0


@dataclass(frozen=True)
class Profile(_Record):
    """Whom the talk is about. Ages in years (a 6-month-old is 0.5), dose in IU of vitamin D a day.

    ``country``: where they say they live, as far as national advice is known for it ("UK", "US", "Canada"), or
    "elsewhere".
    """

    about: About = "self"
    relation: str | None = None
    age: float | None = None
    pregnancy_weeks: float | None = None
    supplement_iu_day: float | None = None
    country: str | None = None

    def updated(self, later: Profile) -> Profile:
        """This profile with what ``later`` knows; a later "self" does not undo a named relation."""
        known = {f.name: getattr(later, f.name) for f in fields(later) if getattr(later, f.name) is not None}
        if later.about == "self":
            known.pop("about")
        return replace(self, **known)


@dataclass(frozen=True)
class Reading(_Record):
    """All that one text, or a whole talk, says."""

    findings: tuple[Finding, ...] = ()
    durations: tuple[Duration, ...] = ()
    exposures: tuple[Exposure, ...] = ()
    signs: tuple[Sign, ...] = ()
    red_flags: tuple[RedFlag, ...] = ()
    lab_results: tuple[LabResult, ...] = ()
    profile: Profile = field(default_factory=Profile)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Reading:
        """Rebuild a reading and its parts."""
        return cls(
            findings=_each(Finding, data.get("findings")),
            durations=_each(Duration, data.get("durations")),
            exposures=_each(Exposure, data.get("exposures")),
            signs=_each(Sign, data.get("signs")),
            red_flags=_each(RedFlag, data.get("red_flags")),
            lab_results=_each(LabResult, data.get("lab_results")),
            profile=Profile.from_dict(data.get("profile") or {}),
        )

    def merged(self, later: Reading) -> Reading:
        """What is known after ``later`` has been said too.

        Idempotent: merging the same reading twice changes nothing. One entry is kept per concept,
        exposure and sign; the later mention decides the status, and fills in what the earlier left
        open. A feared or asked-about mention never overrides a stated one.
        """
        return Reading(
            findings=_merge(self.findings, later.findings, "concept"),
            durations=tuple(dict.fromkeys(self.durations + later.durations)),
            exposures=_merge(self.exposures, later.exposures, "exposure"),
            signs=_merge(self.signs, later.signs, "sign"),
            lab_results=_merged_results(self.lab_results, later.lab_results),
            profile=self.profile.updated(later.profile),
        )


def _each(kind: type[T], items: Iterable[Mapping[str, Any]] | None) -> tuple[T, ...]:
    return tuple(kind.from_dict(item) for item in items or ())


def _merge(earlier: Iterable[Any], later: Iterable[Any], key: str) -> tuple[Any, ...]:
    kept: dict[str, Any] = {}
    for item in (*earlier, *later):
        name = getattr(item, key)
        kept[name] = _combined(kept[name], item) if name in kept else item
    return tuple(kept.values())


def _merged_results(earlier: tuple[LabResult, ...], later: tuple[LabResult, ...]) -> tuple[LabResult, ...]:
    """Each result once; one without a unit gives way when the same value is told with one."""
    told = tuple(dict.fromkeys(earlier + later))
    known = {(result.test, result.value) for result in told if result.unit is not None}
    return tuple(result for result in told if result.unit is not None or (result.test, result.value) not in known)


def _combined(old: Any, new: Any) -> Any:
    if new.status == "hypothetical" and old.status != "hypothetical":
        return old
    if new.status != old.status:
        return new
    filled = {f.name: getattr(old, f.name) for f in fields(old) if getattr(new, f.name) in (None, ())}
    if hasattr(new, "body"):
        filled["body"] = tuple(dict.fromkeys(old.body + new.body))
        if old.side and new.side and old.side != new.side:
            filled["side"] = "both"
    return replace(new, **filled)
