"""Ties places to the symptom words they belong to, clause by clause.

"leg and foot pains", "my hands also went numb", "numbness and tingling in hands and feet": places
stand before or behind the symptom, in lists, and are shared over "and". What is decided here is which
place units belong to which anchor; which concept they make is decided in ``mentions``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bot.clinical.matcher import Match
from bot.clinical.patterns import BREAKS
from bot.clinical.place_units import Linking, PlaceUnit

MAX_UNKNOWN = 2  # words of no known part that may stand between a symptom and its place
RECALL_REACH = 5  # tokens before a symptom in which "it" or "they" may stand for its place
MAX_STEPS = 9  # tokens walked from a symptom in search of its place
SUBJECT_REACH = 9  # tokens between two symptoms said of one place: "my hand went numb and then started to tingle"
WHOLE = "whole body"
WITHIN = frozenset({"in", "on", "under"})
FRAGMENT = 16  # tokens of a stretch that names nothing but places: ", both hands and the left foot"


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
    recalled: list[PlaceUnit] = field(default_factory=list)  # told in another clause: no part of the span


class Attacher:
    """Walks from each anchor to its places."""

    def __init__(
        self, linking: Linking, norms: Sequence[str], anchors: Sequence[Anchor], units: Sequence[PlaceUnit]
    ) -> None:
        self.linking, self.norms, self.anchors = linking, norms, anchors
        self.units = units
        self.unit_at = {position: unit for unit in units for position in range(unit.start, unit.end)}
        self._focused = {(word,) for word in linking.focus}
        self.anchor_at = {position: anchor for anchor in anchors for position in range(anchor.start, anchor.end)}

    def attach(self) -> None:
        """Fill ``units`` and ``recalled`` of every anchor."""
        for anchor in self.anchors:
            inside = [self.unit_at[p] for p in range(anchor.start, anchor.end) if p in self.unit_at]
            anchor.units = _distinct(inside)
            anchor.before = self._before(anchor)
            anchor.after = self._after(anchor)
        for anchor in self.anchors:
            self._settle(anchor)
        self._assign()
        self._share()
        self._same_subject()
        for anchor in self.anchors:
            if not any(unit.place for unit in anchor.units):
                anchor.recalled = self._told_next(anchor) or self._recalled(anchor) or self._carried(anchor)

    def _settle(self, anchor: Anchor) -> None:
        """Of places before and behind a symptom, leave out those that are another clause's or only say more."""
        held = anchor.before or anchor.units
        if not (held and anchor.after):
            return
        own, behind = held[-1], anchor.after[0]
        if anchor.before and self._is_apart(self.norms[own.end : anchor.start]):
            anchor.before = []
        elif any(not self._known(norm) for norm in self.norms[anchor.end : behind.start]):
            anchor.after = []  # "my body twitches, felt waves in my head"
        else:
            anchor.after = [unit for unit in anchor.after if not self._says_more(unit, own)]

    def _is_apart(self, between: Sequence[str]) -> bool:
        """ "Right leg is off the floor, pain in the thigh", "my shoulder and the pain goes down my arm"."""
        linking = self.linking
        lead = [norm for norm in between if norm not in linking.fillers]
        return "," in lead or (bool(lead) and lead[-1] in linking.connectors)

    def _assign(self) -> None:
        """A place between two symptoms is the first one's when the second has its own."""
        taken = {id(unit) for anchor in self.anchors for unit in anchor.after + anchor.units}
        earlier: list[PlaceUnit] = []
        for anchor in self.anchors:
            own = [unit for unit in anchor.before if id(unit) not in taken or not anchor.after]
            if own and all(any(unit is told for told in earlier) for unit in own):
                own = earlier  # "pain from hip to foot and tingling"
            anchor.units = _distinct(anchor.units + own + anchor.after)
            earlier = anchor.after

    def _says_more(self, unit: PlaceUnit, own: PlaceUnit) -> bool:
        """Tells of ``own`` how far up it goes ("weak up to the knees") or which side ("biceps are sore, both arms")."""
        wholes = self.linking.wholes.get(own.place or "", frozenset())
        if unit.place in wholes and unit.side and own.side in (None, unit.side) and self.norms[own.end] != "and":
            own.side = unit.side
            return True
        lead = [norm for norm in self.norms[max(0, unit.start - 3) : unit.start] if norm not in self.linking.fillers]
        return bool(lead) and (lead[-1] in self.linking.bounds or lead[-2:] == ["up", "to"])

    def _recalled(self, anchor: Anchor) -> list[PlaceUnit]:
        """ "It's numb": a symptom said of "it" is at the place spoken of last."""
        lead = self.norms[max(0, anchor.start - RECALL_REACH) : anchor.start]
        tail = self.norms[anchor.end : anchor.end + RECALL_REACH]
        pronouns = [at for at, norm in enumerate(lead) if norm in self.linking.pronouns]
        spoken_of = bool(pronouns) and "i" not in lead[pronouns[-1] :]
        held = any(b in self.linking.pronouns and a in WITHIN for a, b in pairwise(tail))
        if not anchor.shares or anchor.units or not (spoken_of or held):
            return []
        earlier = [unit for unit in self.units if unit.end <= anchor.start and unit.place]
        chain = earlier[-1:]
        for unit in reversed(earlier[:-1]):  # "my left arm and leg feel as if they were not mine"
            if not all(self._continues(norm) for norm in self.norms[unit.end : chain[0].start]):
                break
            chain.insert(0, unit)
        return chain

    def _carried(self, anchor: Anchor) -> list[PlaceUnit]:
        """ "Pain in my calf. The muscles were rigid": of muscles told without a place, those spoken of before."""
        if all(unit.tissue != "muscle" for unit in anchor.units):
            return []
        earlier = [other for other in self.anchors if other.end <= anchor.start]
        if not earlier or sum(norm in BREAKS for norm in self.norms[earlier[-1].end : anchor.start]) != 1:
            return []
        return [unit for unit in earlier[-1].units if unit.place]

    def _told_next(self, anchor: Anchor) -> list[PlaceUnit]:
        """Places of the next sentence when it names nothing else: "Cramps at night: calves and feet"."""
        position = anchor.end
        while position < len(self.norms) and self.norms[position] not in BREAKS:
            following = self.anchor_at.get(position)
            if following is not None and not following.units and self._coordinated(self.norms[anchor.end : position]):
                return self._told_next(following)
            if position in self.unit_at or following is not None:
                return []
            position += 1
        return self._only_places(position + 1)

    def _only_places(self, position: int) -> list[PlaceUnit]:
        """Places of a stretch that names nothing else: ", both hands and the left foot"."""
        linking, found, told = self.linking, list[PlaceUnit](), list[PlaceUnit]()
        for _ in range(FRAGMENT):
            norm = self.norms[position] if position < len(self.norms) else "."
            if norm in BREAKS or norm == ")":
                return found
            unit = self.unit_at.get(position)
            if position in self.anchor_at:
                return []
            if unit is not None:
                found.append(unit)
                position = unit.end
                continue
            if norm not in linking.telling and not self._joins(norm) and norm not in linking.portions:
                ended = norm in linking.stops or self.norms[position - 1] in linking.connectors
                return found if ended else told
            if norm == ",":
                told = list(found)
            position += 1
        return []

    def _before(self, anchor: Anchor) -> list[PlaceUnit]:
        found: list[PlaceUnit] = []
        unknown, position, steps, allowed = 0, anchor.start - 1, 0, MAX_UNKNOWN
        while position >= 0 and steps < MAX_STEPS + 4 * len(found):
            norm = self.norms[position]
            if position in self.unit_at:
                unit = self.unit_at[position]
                if not found and self._of_another(unit, anchor):
                    break
                found.append(unit)
                position = unit.start - 1
                continue
            if norm in BREAKS or position in self.anchor_at:
                break
            if found and not self._continues(norm):
                break
            if norm in self.linking.stops or (not found and norm in self.linking.clause_openers):
                break
            if norm == "," and self.norms[position + 1] not in self.linking.denials:
                allowed = unknown
            unknown += not self._known(norm)
            if unknown > allowed:
                break
            position -= 1
            steps += 1
        return found[::-1]

    def _continues(self, norm: str) -> bool:
        """Whether a list of places goes on over this word: "my neck and the base of my skull"."""
        linking = self.linking
        return (
            norm in linking.connectors or norm in linking.fillers or norm in linking.side_words
            or norm in linking.portions or norm == "of"
        )  # fmt: skip

    def _of_another(self, unit: PlaceUnit, anchor: Anchor) -> bool:
        """A place of something else in the list: "a dry mouth and some sweating", "gum bleeding, cramps"."""
        linking, between = self.linking, self.norms[unit.end : anchor.start]
        lead = [norm for norm in between if norm not in linking.fillers and norm not in linking.attributes]
        if not lead or lead[-1] not in linking.connectors or linking.verbs.intersection(between):
            return False
        if unit.place == WHOLE or any(u.start > anchor.start or u.place == WHOLE for u in anchor.units):
            return True  # "heavy head and body pain", "bad chest, bad knees"
        if any(not self._known(norm) for norm in lead):
            # "gum bleeding, cramps", "dry mouth and some sweating"; but "my wrists click and ache"
            return lead[-1] == "," or self.norms[anchor.start - 1] not in linking.connectors
        if all(norm in linking.connectors for norm in lead) and unit.start:
            word = self.norms[unit.start - 1]
            return word not in BREAKS and not self._joins(word) and word not in linking.portions
        return False

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
                if not found and self.norms[position] in (",", "-", "("):
                    return self._only_places(position + 1)
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
            return not self._starts_clause(unit) and not self._is_subject(unit, found[-1])
        return preposition or self._adjacent(anchor, unit)

    def _is_subject(self, unit: PlaceUnit, last: PlaceUnit) -> bool:
        """ "pain behind the knee, calf feels full": what follows a comma and has a verb of its own is no list item."""
        if "," not in self.norms[last.end : unit.start] or unit.end >= len(self.norms):
            return False
        norm = self.norms[unit.end]
        if unit.end in self.unit_at or unit.end in self.anchor_at or norm in BREAKS or norm in self.linking.stops:
            return False
        return norm in self.linking.verbs or not (self._known(norm) or norm in (")", "(", "-"))

    def _ends_search(self, position: int, found: Sequence[PlaceUnit]) -> bool:
        norm = self.norms[position]
        if norm in BREAKS or norm in self.linking.stops or position in self.anchor_at:
            return True
        if found:
            return not (self._joins(norm) or norm in self.linking.routes or norm in self.linking.portions)
        return norm in (",", "(") and tuple(self.norms[position + 1 : position + 2]) not in self._focused

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
            or norm in linking.routes
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
        """Coordinated symptoms share the place that one of them names: "weakness, numbness and pain in my arms"."""
        pairs = [
            (left, right, self.norms[left.end : right.start])
            for left, right in pairwise(self.anchors)
            if left.shares and right.shares and self._coordinated(self.norms[left.end : right.start])
        ]
        for left, right, _ in reversed(pairs):
            if not left.units and right.after:
                left.units = left.after = list(right.after)
        for left, right, between in pairs:
            if not right.units and left.units and "," not in between:
                right.units = [unit for unit in left.units if unit.place]

    def _same_subject(self) -> None:
        """ "My hand went numb and then started to tingle": the second symptom is said of the same place."""
        linking = self.linking
        for left, right in zip(self.anchors, self.anchors[1:], strict=False):
            between = self.norms[left.end : right.start]
            if right.units or not right.shares or not 0 < len(between) <= SUBJECT_REACH or BREAKS.intersection(between):
                continue
            told_of = [unit for unit in left.units if unit.start < left.start]
            plain = "then" in between or all(self._known(norm) for norm in between)
            plain = plain and linking.subjects.isdisjoint(between)
            if told_of and plain and linking.connectors.intersection(between):
                right.units = told_of

    def _coordinated(self, between: Sequence[str]) -> bool:
        linking = self.linking
        joined = any(norm in linking.connectors for norm in between) or not between
        return joined and all(
            norm in linking.connectors or norm in linking.fillers or norm in linking.attributes for norm in between
        )


def _distinct(units: Sequence[PlaceUnit]) -> list[PlaceUnit]:
    return list({id(unit): unit for unit in units}.values())
