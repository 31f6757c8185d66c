"""Place units: a body part with its tissue and side, as one stretch of words names them.

"the left calf muscle", "toes of my right foot", "my calf, the left one", "shoulder (R)", "the foot on that side".
Which symptom a unit belongs to is decided in ``places``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace

from bot.clinical.matcher import Match
from bot.clinical.patterns import BREAKS

SIDE_REACH = 3  # tokens between a place and its side word
TAIL_REACH = 12  # tokens between a place and a side told after it: "my ribs ache when I laugh, left side mainly"
FOLD_REACH = 4  # tokens between a part and what it is a part of: "toes of my left foot"
BARE_RIGHT = "right_before_place"
SAME = "same"

LEFT_BEHIND = frozenset({"me", "him", "her", "us", "them", "with", "over", "untreated", "behind", "work"})
LYING = frozenset({"lie", "lies", "lying", "lay", "laying", "sleep", "sleeping", "slept", "roll", "rolling"})
COUNTS = frozenset(
    {"two", "three", "four", "five", "few", "all", "the", "first", "second", "third", "fourth", "last", "some"}
)
_SEPARATE = BREAKS | {",", "and", "then", "or"}
_OPENERS = frozenset({",", "(", "-", "the", "my", "only", ":"})
_CLOSERS = (BREAKS - {"?"}) | {",", ")", "-", "and", "but"}


@dataclass
class PlaceUnit:
    """One place with its tissue and side: "left calf muscle"."""

    start: int
    end: int
    place: str | None = None
    tissue: str | None = None
    side: str | None = None


@dataclass(frozen=True)
class Linking:
    """Word classes from the places list."""

    connectors: frozenset[str]
    prepositions: frozenset[str]
    links: frozenset[str]
    stops: frozenset[str]
    side_words: frozenset[str]
    attributes: frozenset[str]
    clause_openers: frozenset[str]
    verbs: frozenset[str]
    focus: frozenset[str]
    pronouns: frozenset[str]
    portions: frozenset[str]
    bounds: frozenset[str]
    telling: frozenset[str]
    subjects: frozenset[str]
    denials: frozenset[str]
    routes: frozenset[str]
    fillers: frozenset[str]
    limbs: Mapping[str, str]
    wholes: Mapping[str, frozenset[str]]
    small_parts: frozenset[str]
    coverings: frozenset[str]

    @classmethod
    def of(
        cls,
        words: Mapping[str, Sequence[str]],
        fillers: frozenset[str],
        limbs: Mapping[str, Sequence[str]],
        wholes: Mapping[str, Sequence[str]],
    ) -> Linking:
        """From the ``linking``, ``limbs`` and ``wholes`` tables of the places list."""
        names = [f.name for f in fields(cls) if f.name in words]
        sets = {name: frozenset(words[name]) for name in names}
        members = {place: limb for limb, places in limbs.items() for place in places}
        made_up = {place: frozenset(names) for place, names in wholes.items()}
        return cls(**sets, fillers=fillers, limbs=members, wholes=made_up)


class UnitFinder:
    """Finds the place units of one text."""

    def __init__(self, linking: Linking, norms: Sequence[str], sides: Sequence[Match]) -> None:
        self.linking, self.norms, self.sides = linking, norms, sides
        self._starts: set[int] = set()

    def find(self, places: Sequence[Match]) -> list[PlaceUnit]:
        """Place units in text order: a tissue next to a place joins it, a side word near it is its side."""
        units = self._joined(places)
        self._starts = {unit.start for unit in units}
        if self.sides:
            used: set[int] = set()
            for unit in units:
                unit.side = self._side_of(unit, used)
            units = self._folded(units)
            self._told_after(units, used)
            self._same_limb(units)
            return units
        return self._folded(units)

    def _joined(self, places: Sequence[Match]) -> list[PlaceUnit]:
        units: list[PlaceUnit] = []
        for match in places:
            kind, name = match.meaning.kind, match.meaning.name  # type: ignore[attr-defined]
            last = units[-1] if units else None
            between = self.norms[last.end : match.start] if last else ()
            if last and (not between or (len(between) <= 2 and "of" in between)):
                if kind == "tissue" and not last.tissue:
                    last.tissue, last.end = name, match.end
                    continue
                if kind == "place" and not last.place:
                    last.place, last.end = name, match.end
                    continue
            unit = PlaceUnit(match.start, match.end)
            setattr(unit, "tissue" if kind == "tissue" else "place", name)
            units.append(unit)
        return units

    def _folded(self, units: list[PlaceUnit]) -> list[PlaceUnit]:
        """ "toes of my left foot" and "left hand two fingers" are one place, with the side of the whole."""
        kept: list[PlaceUnit] = []
        for unit in units:
            part = kept[-1] if kept else None
            if part is not None and part.place and unit.place and part.place != unit.place:
                between = self.norms[part.end : unit.start]
                if len(between) <= FOLD_REACH and self._is_part(part, unit, between):
                    continue
                if len(between) <= FOLD_REACH and self._has_part(part, unit, between):
                    kept[-1] = PlaceUnit(part.start, unit.end, unit.place, unit.tissue, unit.side or part.side)
                    continue
            kept.append(unit)
        return kept

    def _is_part(self, part: PlaceUnit, whole: PlaceUnit, between: Sequence[str]) -> bool:
        """Joins "toes" with "of my left foot", "fingers" with "on my hand"; else only the side is taken over."""
        if not between or part.place in self.linking.coverings:
            return False
        plain = all(n in self.linking.fillers or n in self.linking.side_words for n in between[1:])
        same = self.linking.limbs.get(part.place or "", "") == self.linking.limbs.get(whole.place or "", "-")
        if not (plain and same and between[0] in ("of", "on", "in")):
            return False
        part.side = part.side or whole.side
        if between[0] == "of" or part.place in self.linking.small_parts:
            part.end = whole.end
            return True
        return False

    def _has_part(self, whole: PlaceUnit, part: PlaceUnit, between: Sequence[str]) -> bool:
        """ "skin of my thigh" is the thigh, "left hand two fingers" are fingers."""
        if whole.place in self.linking.coverings:
            return bool(between) and between[0] in ("of", "on", "over", "in")
        return (
            part.place in self.linking.small_parts
            and whole.place not in self.linking.small_parts
            and self.linking.limbs.get(part.place) == self.linking.limbs.get(whole.place or "", "-")
            and all(n in self.linking.side_words or n in COUNTS or n[0].isdigit() for n in between)
        )

    def _side_of(self, unit: PlaceUnit, used: set[int]) -> str | None:
        """The side word nearest to the place; "left and right" is both."""
        found: list[tuple[int, str, int]] = []
        for match in self.sides:
            name = match.meaning.name  # type: ignore[attr-defined]
            if match.end <= unit.start and _beside(self.norms[match.end : unit.start]):
                found.append((unit.start - match.end, "right" if name == BARE_RIGHT else name, match.start))
            elif unit.start < match.start and match.end < unit.end:
                found.append((0, side_name(match), match.start))  # "the bones of both legs"
            elif unit.end <= match.start and self._is_behind(unit, match):
                found.append((match.start - unit.end + SIDE_REACH, name, match.start))
        used.update(start for _, _, start in found)
        if any(name == "both" for _, name, _ in found):
            return "both"
        return min(found)[1] if found else None

    def _is_behind(self, unit: PlaceUnit, match: Match) -> bool:
        """ "Shoulder on the left", not "the pain in my knee left me"."""
        if match.meaning.name == BARE_RIGHT or not _beside(self.norms[unit.end : match.start]):  # type: ignore[attr-defined]
            return False
        ahead = range(match.end, match.end + 2)  # the side of the next place: "heel pain in both legs"
        if any(at in self._starts and _beside(self.norms[match.end : at]) for at in ahead):
            return False
        return match.length > 1 or LEFT_BEHIND.isdisjoint(self.norms[match.end : match.end + 1])

    def _told_after(self, units: Sequence[PlaceUnit], used: set[int]) -> None:
        """A side told later in the sentence goes to the place before it: "in my calf, the left one"."""
        for match in self.sides:
            if match.start in used or not is_told_apart(match, self.norms):
                continue
            before = [u for u in units if u.end <= match.start and match.start - u.end <= TAIL_REACH]
            if before and not before[-1].side and not BREAKS.intersection(self.norms[before[-1].end : match.start]):
                before[-1].side = side_name(match)
                used.add(match.start)

    def _same_limb(self, units: Sequence[PlaceUnit]) -> None:
        """ "my left arm and now the hand": one hand of which no side is told is that of the arm told before."""
        told: dict[str, str] = {}
        last = 0
        for unit in units:
            if sum(norm in BREAKS for norm in self.norms[last : unit.start]) > 1:
                told = {}
            last = unit.end
            limb = self.linking.limbs.get(unit.place or "")
            if limb is None:
                continue
            if unit.side:
                told[limb] = unit.side
            elif limb in told and self._is_single(unit):
                unit.side = told[limb] if told[limb] != "both" else None

    def _is_single(self, unit: PlaceUnit) -> bool:
        word = self.norms[unit.end - 1]
        before = self.norms[max(0, unit.start - 2) : unit.start]
        if "other" in before or "one" in before:
            return False
        return unit.place in self.linking.small_parts or not (word.endswith("s") or word in ("feet", "calves"))


def _beside(between: Sequence[str]) -> bool:
    return len(between) <= SIDE_REACH and not _SEPARATE.intersection(between)


def resolved(sides: Iterable[Match], norms: Sequence[str]) -> list[Match]:
    """Sides in text order; "that side" is the side told before it, or none; "lying on my left side" is none."""
    kept: list[Match] = []
    told: Match | None = None
    for match in sides:
        if not LYING.isdisjoint(norms[max(0, match.start - 2) : match.start]):
            continue
        if match.meaning.name != SAME:  # type: ignore[attr-defined]
            told = match
        elif told is not None:
            match = replace(match, meaning=told.meaning)
        else:
            continue
        kept.append(match)
    return kept


def side_name(match: Match) -> str:
    """Left, right or both."""
    name: str = match.meaning.name  # type: ignore[attr-defined]
    return "right" if name == BARE_RIGHT else name


def is_told_apart(match: Match, norms: Sequence[str]) -> bool:
    """Whether the side stands for itself: ", the left one", "on both sides", "(right)"; not "I left", "right now"."""
    name = match.meaning.name  # type: ignore[attr-defined]
    if match.length > 1:
        return True
    if name == "both":
        ahead = norms[match.end : match.end + 1]
        return not ahead or ahead[0] in _CLOSERS
    before = norms[match.start - 1] if match.start else ","
    after = norms[match.end] if match.end < len(norms) else "."
    return before in _OPENERS and after in _CLOSERS
