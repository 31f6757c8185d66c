"""Ties places to the symptom words they belong to, clause by clause.

"leg and foot pains", "my hands also went numb", "numbness and tingling in hands and feet": places
stand before or behind the symptom, in lists, and are shared over "and". What is decided here is which
place units belong to which anchor; which concept they make is decided in ``mentions``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields

from bot.clinical.patterns import BREAKS, Match

MAX_UNKNOWN = 2  # words of no known part that may stand between a symptom and its place
RECALL_REACH = 5  # tokens before a symptom in which "it" or "they" may stand for its place
SIDE_REACH = 3  # tokens between a place and its side word
MAX_STEPS = 9  # tokens walked from a symptom in search of its place


_SEPARATE = BREAKS | {",", "and", "then", "or"}


@dataclass
class PlaceUnit:
    """One place with its tissue and side: "left calf muscle"."""

    start: int
    end: int
    place: str | None = None
    tissue: str | None = None
    side: str | None = None


@dataclass
class Anchor:
    """A symptom word or expression at tokens ``[start, end)`` and the place units tied to it."""

    start: int
    end: int
    readings: list[Match] = field(default_factory=list)
    shares: bool = True
    units: list[PlaceUnit] = field(default_factory=list)
    before: list[PlaceUnit] = field(default_factory=list)
    after: list[PlaceUnit] = field(default_factory=list)


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
    fillers: frozenset[str]

    @classmethod
    def of(cls, words: Mapping[str, Sequence[str]], fillers: frozenset[str]) -> Linking:
        """From the ``linking`` table of the places list."""
        names = [f.name for f in fields(cls) if f.name != "fillers"]
        return cls(**{name: frozenset(words[name]) for name in names}, fillers=fillers)


def units_of(places: Sequence[Match], sides: Sequence[Match], norms: Sequence[str]) -> list[PlaceUnit]:
    """Place units in text order: a tissue next to a place joins it, a side word near it is its side."""
    units: list[PlaceUnit] = []
    for match in places:
        term = match.meaning
        last = units[-1] if units else None
        if (last and match.start - last.end <= 2 and "of" in norms[last.end : match.start]) or (
            last and last.end == match.start
        ):
            if term.kind == "tissue" and not last.tissue:  # type: ignore[attr-defined]
                last.tissue, last.end = term.name, match.end  # type: ignore[attr-defined]
                continue
            if term.kind == "place" and not last.place:  # type: ignore[attr-defined]
                last.place, last.end = term.name, match.end  # type: ignore[attr-defined]
                continue
        unit = PlaceUnit(match.start, match.end)
        setattr(unit, "tissue" if term.kind == "tissue" else "place", term.name)  # type: ignore[attr-defined]
        units.append(unit)
    for unit in units:
        unit.side = _side_of(unit, sides, norms)
    return units


def _beside(between: Sequence[str]) -> bool:
    return len(between) <= SIDE_REACH and not _SEPARATE.intersection(between)


def _side_of(unit: PlaceUnit, sides: Sequence[Match], norms: Sequence[str]) -> str | None:
    """The side word nearest to the place; "left and right" is both."""
    found: list[tuple[int, str]] = []
    for match in sides:
        name = match.meaning.name  # type: ignore[attr-defined]
        ahead, behind = norms[match.end : unit.start], norms[unit.end : match.start]
        if match.end <= unit.start and _beside(ahead):
            found.append((len(ahead), "right" if name == "right_before_place" else name))
        elif name != "right_before_place" and unit.end <= match.start and _beside(behind):
            found.append((len(behind) + SIDE_REACH, name))
    if any(name == "both" for _, name in found):
        return "both"
    return min(found)[1] if found else None


class Attacher:
    """Walks from each anchor to its places."""

    def __init__(
        self, linking: Linking, norms: Sequence[str], anchors: Sequence[Anchor], units: Sequence[PlaceUnit]
    ) -> None:
        self.linking, self.norms, self.anchors = linking, norms, anchors
        self.unit_at = {position: unit for unit in units for position in range(unit.start, unit.end)}
        self._focused = {(word,) for word in linking.focus}
        self.anchor_at = {position: anchor for anchor in anchors for position in range(anchor.start, anchor.end)}

    def attach(self) -> None:
        """Fill ``units`` of every anchor."""
        for anchor in self.anchors:
            inside = [self.unit_at[p] for p in range(anchor.start, anchor.end) if p in self.unit_at]
            anchor.units = _distinct(inside)
            anchor.before = self._before(anchor)
            anchor.after = self._after(anchor)
        taken: set[int] = set()
        for anchor in self.anchors:
            taken.update(id(unit) for unit in anchor.after + anchor.units)
        for anchor in self.anchors:
            own = [unit for unit in anchor.before if id(unit) not in taken or not anchor.after]
            anchor.units = _distinct(anchor.units + own + anchor.after)
        self._share()
        self._recall()

    def _recall(self) -> None:
        """ "It's numb": a symptom said of "it" is at the place spoken of last."""
        units = _distinct(list(self.unit_at.values()))
        for anchor in self.anchors:
            if anchor.units or not anchor.shares:
                continue
            lead = self.norms[max(0, anchor.start - RECALL_REACH) : anchor.start]
            earlier = [unit for unit in units if unit.end <= anchor.start and unit.place]
            if self.linking.pronouns.intersection(lead) and earlier and "i" not in lead:
                anchor.units = earlier[-1:]

    def _before(self, anchor: Anchor) -> list[PlaceUnit]:
        found: list[PlaceUnit] = []
        unknown, position, steps = 0, anchor.start - 1, 0
        while position >= 0 and steps < MAX_STEPS + 4 * len(found):
            norm = self.norms[position]
            if position in self.unit_at:
                unit = self.unit_at[position]
                found.append(unit)
                position = unit.start - 1
                continue
            if norm in BREAKS or position in self.anchor_at:
                break
            if found and not (
                norm in self.linking.connectors or norm in self.linking.fillers or norm in self.linking.side_words
            ):
                break
            if norm in self.linking.stops or (not found and norm in self.linking.clause_openers):
                break
            if not self._known(norm):
                unknown += 1
                if unknown > MAX_UNKNOWN:
                    break
            position -= 1
            steps += 1
        return found[::-1]

    def _after(self, anchor: Anchor) -> list[PlaceUnit]:
        found: list[PlaceUnit] = []
        unknown, position, steps, preposition = 0, anchor.end, 0, False
        while position < len(self.norms) and steps < MAX_STEPS + 4 * len(found):
            unit = self.unit_at.get(position)
            if unit is not None:
                if not self._takes(anchor, unit, found, preposition=preposition):
                    break
                found.append(unit)
                position = unit.end
                continue
            if self._ends_search(position, found):
                break
            preposition = preposition or self.norms[position] in self.linking.prepositions
            unknown += not self._known(self.norms[position])
            if unknown > MAX_UNKNOWN:
                break
            position += 1
            steps += 1
        return [] if found and self._belongs_to_next(found, anchor) else found

    def _takes(self, anchor: Anchor, unit: PlaceUnit, found: Sequence[PlaceUnit], *, preposition: bool) -> bool:
        """Whether a place behind the symptom is its own: "pain in my calf", "sore leg", not "ache, my hands shake"."""
        if found:
            return not self._starts_clause(unit)
        return preposition or self._adjacent(anchor, unit)

    def _ends_search(self, position: int, found: Sequence[PlaceUnit]) -> bool:
        norm = self.norms[position]
        if norm in BREAKS or norm in self.linking.stops or position in self.anchor_at:
            return True
        if found:
            return not self._joins(norm)
        return norm == "," and self.norms[position + 1 : position + 2] not in self._focused

    def _joins(self, norm: str) -> bool:
        linking = self.linking
        return (
            norm in linking.connectors
            or norm in linking.fillers
            or norm in linking.prepositions
            or norm in linking.side_words
            or norm in ("(", ")")
        )

    def _known(self, norm: str) -> bool:
        linking = self.linking
        return (
            norm in linking.links
            or norm in linking.fillers
            or norm in linking.connectors
            or norm in linking.prepositions
            or norm in self.linking.side_words
            or norm.endswith("ly")
        )

    def _adjacent(self, anchor: Anchor, unit: PlaceUnit) -> bool:
        """Attributive use: "sore left leg"."""
        between = self.norms[anchor.end : unit.start]
        return all(
            norm in self.linking.fillers or norm in self.linking.side_words or norm in self.linking.attributes
            for norm in between
        )

    def _starts_clause(self, unit: PlaceUnit) -> bool:
        """The place opens a clause of its own: "numb feet, my hands shake"."""
        following = next((a for a in self.anchors if a.start >= unit.end), None)
        if following is None or (self.norms[unit.start - 1] == "and" and following.start - unit.end > 3):
            return False
        between = self.norms[unit.end : following.start]
        return (
            not BREAKS.intersection(between)
            and len(between) <= 3
            and "in" not in between
            and all(self._known(n) for n in between)
            and bool(self.linking.verbs.intersection(between))
        ) or following.start == unit.end

    def _belongs_to_next(self, found: list[PlaceUnit], anchor: Anchor) -> bool:
        """ "pain and neck stiffness": a compound of the next symptom is not this one's place."""
        following = next((a for a in self.anchors if a.start >= found[0].end), None)
        if following is None:
            return False
        between = self.norms[found[-1].end : following.start]
        gap = self.norms[anchor.end : found[0].start]
        plain_gap = all(norm in self.linking.connectors or norm in self.linking.fillers for norm in gap)
        return not between and bool(plain_gap)

    def _share(self) -> None:
        """Coordinated symptoms share the place that only one of them names."""
        for left, right in zip(self.anchors, self.anchors[1:], strict=False):
            between = self.norms[left.end : right.start]
            if not (left.shares and right.shares and self._coordinated(between)):
                continue
            if not left.units and right.after:
                left.units = list(right.after)
            elif not right.units and left.units and "," not in between:
                right.units = [unit for unit in left.units if unit.place]

    def _coordinated(self, between: Sequence[str]) -> bool:
        linking = self.linking
        joined = any(norm in linking.connectors for norm in between) or not between
        return joined and all(
            norm in linking.connectors or norm in linking.fillers or norm in linking.attributes for norm in between
        )


def _distinct(units: Sequence[PlaceUnit]) -> list[PlaceUnit]:
    return list({id(unit): unit for unit in units}.values())
