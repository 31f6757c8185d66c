"""Parsed rules turned into fast tests over a reading.

A test answers with the mentions that made it true (perhaps none, for "age over 50"), or with None. Status
``other`` is somebody else's problem happening now and counts as present (section 4.5 of the knowledge base).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.knowledge.syntax import AllOf, AnyOf, Compare, Expr, HowMany, Mention, Negation
from bot.reading import Exposure, Finding, Profile, Sign

Evidence = tuple[Any, ...]
Test = Callable[["Case"], "Evidence | None"]
SlotTest = Callable[[Any, "Case"], bool]

GRADUAL_AFTER_DAYS = 7  # section 4.5: onset unknown is read as gradual when it has lasted longer
_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True)
class Conventions:
    """What the notation leaves to data: parts inside parts, statuses and ages that are implied, dose limits."""

    inside: Mapping[str, frozenset[str]] = field(default_factory=dict)
    past_counts: frozenset[str] = frozenset()
    implied_ages: Mapping[str, float] = field(default_factory=dict)
    limits: Mapping[str, Callable[[Profile], float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """A reading prepared for testing: mentions by key and status, numbers by name."""

    mentions: Mapping[tuple[str, str], tuple[Any, ...]]
    profile: Profile
    age: float | None = None
    labs: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    counted: Mapping[str, Evidence] = field(default_factory=dict)
    red_flag: str | None = None

    def known(self) -> set[str]:
        """Everything mentioned or known, whatever its status: what a rule needs to have a chance."""
        keys = {key for key, _ in self.mentions}
        keys.update(f"lab.{name}" for name in self.labs)
        numbers = {"age": self.age, "dose_iu_day": self.profile.supplement_iu_day, "red_flag": self.red_flag}
        keys.update(name for name, value in numbers.items() if value is not None)
        keys.update(name for name, value in self.counted.items() if value)
        if self.profile.about != "self":
            keys.add("about")
        return keys


def prepare(
    findings: Iterable[Finding],
    exposures: Iterable[Exposure],
    signs: Iterable[Sign],
    profile: Profile,
    conventions: Conventions,
    **more: Any,
) -> Case:
    """Index the mentions of a reading; ``more`` are the other fields of Case."""
    found: dict[tuple[str, str], list[Any]] = {}
    for finding in findings:
        _put(found, finding.concept, finding)
    for exposure in exposures:
        _put(found, exposure.exposure, exposure, past=exposure.exposure in conventions.past_counts)
    for sign in signs:
        _put(found, f"sign.{sign.sign}", sign)
    mentions = {key: tuple(items) for key, items in found.items()}
    age = profile.age
    if age is None:
        implied = [years for key, years in conventions.implied_ages.items() if (key, "present") in mentions]
        age = max(implied) if implied else None
    return Case(mentions=mentions, profile=profile, age=age, **more)


def _put(found: dict[tuple[str, str], list[Any]], key: str, item: Any, *, past: bool = False) -> None:
    found.setdefault((key, item.status), []).append(item)
    if item.status == "other" or (past and item.status == "past"):
        found.setdefault((key, "present"), []).append(item)


def compiled(expr: Expr, conventions: Conventions) -> Test:
    """The test of an expression."""
    if isinstance(expr, Mention):
        return _mention(expr, conventions)
    if isinstance(expr, Compare):
        return _of_case(expr, conventions)
    if isinstance(expr, HowMany):
        return _how_many(expr, conventions)
    if isinstance(expr, Negation):
        part = compiled(expr.part, conventions)
        return lambda case: () if part(case) is None else None
    parts = tuple(compiled(part, conventions) for part in expr.parts)
    if isinstance(expr, AllOf):
        return _all_of(parts)
    return _gathered(parts) if expr.gather else _any_of(parts)


def _all_of(parts: tuple[Test, ...]) -> Test:
    def test(case: Case) -> Evidence | None:
        evidence: Evidence = ()
        for part in parts:
            found = part(case)
            if found is None:
                return None
            evidence += found
        return evidence

    return test


def _any_of(parts: tuple[Test, ...]) -> Test:
    def test(case: Case) -> Evidence | None:
        for part in parts:
            found = part(case)
            if found is not None:
                return found
        return None

    return test


def _gathered(parts: tuple[Test, ...]) -> Test:
    def test(case: Case) -> Evidence | None:
        found = [evidence for part in parts if (evidence := part(case)) is not None]
        return sum(found, ()) if found else None

    return test


def _how_many(expr: HowMany, conventions: Conventions) -> Test:
    parts = tuple(compiled(part, conventions) for part in expr.parts)
    compare, wanted = _OPERATORS[expr.op], expr.values[0]

    def test(case: Case) -> Evidence | None:
        found = [evidence for part in parts if (evidence := part(case)) is not None]
        return sum(found, ()) if compare(len(found), wanted) else None

    return test


def _mention(expr: Mention, conventions: Conventions) -> Test:
    where = (expr.key, expr.status)
    conditions = tuple(_of_slot(condition, conventions) for condition in expr.conditions)
    if not conditions:
        return lambda case: case.mentions.get(where)

    fits = conditions[0] if len(conditions) == 1 else _every(conditions)

    def test(case: Case) -> Evidence | None:
        items = case.mentions.get(where)
        return tuple([item for item in items if fits(item, case)]) or None if items else None

    return test


def _of_case(expr: Compare, conventions: Conventions) -> Test:
    name, unsure = expr.subject, expr.unsure
    if name.startswith("lab."):
        return _of_lab(name[len("lab.") :], _OPERATORS[expr.op], expr.values[0])
    if name in ("major", "moderate"):
        return _of_count(name, _OPERATORS[expr.op], expr.values[0])
    value = _CASE_VALUES[name]
    holds = _word_test(expr) if name in ("about", "red_flag") else _number_test(expr, conventions)

    def test(case: Case) -> Evidence | None:
        known = value(case)
        true = (unsure or expr.op == "!=") if known is None else holds(known, case)
        return () if true else None

    return test


_CASE_VALUES: Mapping[str, Callable[[Case], Any]] = {
    "age": lambda case: case.age,
    "about": lambda case: case.profile.about,
    "red_flag": lambda case: case.red_flag,
    "dose_iu_day": lambda case: case.profile.supplement_iu_day,
    "pregnancy_weeks": lambda case: case.profile.pregnancy_weeks,
}


def _of_lab(name: str, compare: Callable[[Any, Any], bool], wanted: float) -> Test:
    return lambda case: () if any(compare(value, wanted) for value in case.labs.get(name, ())) else None


def _of_count(name: str, compare: Callable[[Any, Any], bool], wanted: float) -> Test:
    def test(case: Case) -> Evidence | None:
        counted = case.counted.get(name, ())
        return counted if compare(len(counted), wanted) else None

    return test


def _number_test(expr: Compare, conventions: Conventions) -> SlotTest:
    compare, wanted = _OPERATORS[expr.op], expr.values[0]
    if isinstance(wanted, str):
        limit = conventions.limits[wanted]
        return lambda value, case: compare(value, limit(case.profile))
    return lambda value, case: compare(value, wanted)


def _word_test(expr: Compare) -> SlotTest:
    wanted, positive = frozenset(expr.values), expr.op == "="
    return lambda value, case: (value in wanted) is positive


def _of_slot(expr: Expr, conventions: Conventions) -> SlotTest:
    """The test of a condition in brackets, for one mention."""
    if isinstance(expr, AllOf):
        return _every(tuple(_of_slot(part, conventions) for part in expr.parts))
    if isinstance(expr, AnyOf):
        some = tuple(_of_slot(part, conventions) for part in expr.parts)
        return lambda item, case: any(part(item, case) for part in some)
    if isinstance(expr, Negation):
        part = _of_slot(expr.part, conventions)
        return lambda item, case: not part(item, case)
    if not isinstance(expr, Compare):
        raise TypeError(f"{expr} cannot stand inside brackets")
    return _slot_comparison(expr, conventions)


def _every(parts: tuple[SlotTest, ...]) -> SlotTest:
    return lambda item, case: all(part(item, case) for part in parts)


def _slot_comparison(expr: Compare, conventions: Conventions) -> SlotTest:
    name = expr.subject
    if name == "body":
        return _body_test(expr, conventions)
    if name == "body count":
        compare, wanted = _OPERATORS[expr.op], expr.values[0]
        return lambda item, case: compare(_places(item, conventions.inside), wanted)
    if name == "span":
        words = tuple(word.casefold() for word in expr.values)
        return lambda item, case: any(word in item.span.casefold() for word in words)
    if name == "about":
        holds = _word_test(expr)
        return lambda item, case: holds(_about(item, case), case)
    if name in ("onset", "course", "side"):
        holds = _word_test(expr)
        value = _onset if name == "onset" else operator.attrgetter(name)
        return lambda item, case: holds(value(item) or "unknown", case)
    number, unsure = operator.attrgetter(name), expr.unsure
    holds = _number_test(expr, conventions)
    return lambda item, case: unsure if (value := number(item)) is None else holds(value, case)


def _body_test(expr: Compare, conventions: Conventions) -> SlotTest:
    named = frozenset(expr.values) - {"unknown"}
    wanted = named.union(*(conventions.inside.get(part, frozenset()) for part in named))
    if expr.op == "!=":
        return lambda item, case: wanted.isdisjoint(item.body)
    unknown = "unknown" in expr.values
    return lambda item, case: not wanted.isdisjoint(item.body) if item.body else unknown


def _onset(finding: Finding) -> str | None:
    if finding.onset is None and (finding.duration_days or 0) > GRADUAL_AFTER_DAYS:
        return "gradual"
    return finding.onset


def _about(item: Any, case: Case) -> str:
    if item.status == "other" and case.profile.about == "self":
        return "other"
    return case.profile.about


def _places(item: Any, inside: Mapping[str, Collection[str]]) -> int:
    """Places named, a part and the whole it belongs to being one."""
    body = set(item.body)
    return sum(1 for part in body if not any(part in inside.get(other, ()) for other in body))
