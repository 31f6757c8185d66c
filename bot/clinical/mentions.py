"""Words -> symptoms: whole expressions, and feeling words composed with their places.

"numb" + "mouth" is ``mouth_tingling``'s neighbour ``numbness`` at the mouth, "pain" + "calf" is
``leg_pain``: which concept a feeling makes with which place stands in ``feelings.yml``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.clinical.lexicon import Feeling, Lexicon, Term
from bot.clinical.matcher import Match, longest
from bot.clinical.patterns import BREAKS
from bot.clinical.place_units import SIDE_REACH, PlaceUnit, UnitFinder, is_told_apart, resolved, side_name
from bot.clinical.places import Anchor, Attacher

SPREADING = frozenset({"muscle", "bone", "joint"})  # "muscle pain in my legs" is pain of the muscles
BEING = frozenset({"is", "are", "was", "were", "has", "have", "been", "be", "'s", "am"})
ROUTE = frozenset({"to", "down", "into"})
OWN_SIDE_REACH = 4  # tokens between a symptom and its side: "sciatica, again on the left"
SHORT_SENTENCE = 5  # tokens of a sentence that only adds the side


@dataclass(frozen=True)
class Mention:
    """A symptom at tokens ``[start, end)``; ``core`` is the symptom word, ``span`` takes in its place."""

    concept: str
    start: int
    end: int
    span: tuple[int, int]
    body: tuple[str, ...] = ()
    side: str | None = None
    status: str | None = None
    denied: int | None = None


def term(match: Match) -> Term:
    """What the match stands for."""
    assert isinstance(match.meaning, Term)
    return match.meaning


def without_traps(matches: Iterable[Match], feelings: Mapping[str, Feeling]) -> list[Match]:
    """Matches that lie in no near-miss wording of their own kind ("period cramps" is no muscle cramp)."""
    matches = list(matches)
    traps: dict[int, list[Match]] = {}
    for match in matches:
        if term(match).blocked:
            for position in range(match.start, match.end):
                traps.setdefault(position, []).append(match)
    if not traps:
        return matches
    kept = [m for m in matches if not term(m).blocked]
    return [m for m in kept if not any(_trapped(m, trap, feelings) for trap in traps.get(m.start, ()))]


def _trapped(match: Match, trap: Match, feelings: Mapping[str, Feeling]) -> bool:
    if match.end > trap.end:
        return False
    kind, name = term(match).kind, term(match).name
    if kind == "feeling":
        return term(trap).trap == "concept" and feelings[name].makes(term(trap).name)
    return kind == term(trap).trap and name == term(trap).name


class MentionFinder:
    """Finds the symptoms in a row of norms."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon

    def find(
        self, norms: Sequence[str], by_kind: Mapping[str, list[Match]], sentences: Sequence[tuple[int, int]]
    ) -> list[Mention]:
        """Every symptom with its places; a symptom named twice in one place is kept once.

        ``by_kind``: the matches of each kind, in text order.
        """
        anchors = self._anchors([*by_kind.get("concept", ()), *by_kind.get("feeling", ())])
        if not anchors:
            return []
        named = (m for kind in ("place", "tissue") for m in by_kind.get(kind, ()) if not _skips_verb(m, norms))
        places = [m for m in _without_overlaps(longest(named)) if term(m).name]
        sides = resolved(by_kind.get("side", ()), norms)
        units = UnitFinder(self.lexicon.linking, norms, sides).find(places)
        Attacher(self.lexicon.linking, norms, anchors, units).attach()
        mentions: list[Mention] = []
        for anchor in anchors:
            for mention in self._mentioned(anchor, norms):
                side = mention.side or _own_side(mention, sides, units, norms) or _added_side(mention, sides, sentences)
                mentions.append(replace(mention, side=side))
        return _unique(mentions)

    def _anchors(self, matches: Sequence[Match]) -> list[Anchor]:
        spans: dict[tuple[int, int], Anchor] = {}
        for match in _without_overlaps(longest(matches), same_span=True):
            anchor = spans.setdefault((match.start, match.end), Anchor(match.start, match.end))
            anchor.readings.append(match)
            anchor.shares = anchor.shares and self._shares(term(match))
        return sorted(spans.values(), key=lambda anchor: anchor.start)

    def _shares(self, meaning: Term) -> bool:
        """Whether a neighbour's place can be this symptom's too ("numbness and tingling in hands")."""
        if meaning.kind == "feeling":
            return not self.lexicon.feelings[meaning.name].own_place
        return meaning.name not in self.lexicon.placeless

    def _mentioned(self, anchor: Anchor, norms: Sequence[str]) -> Iterable[Mention]:
        concepts = [term(m) for m in anchor.readings if term(m).kind == "concept"]
        if concepts:
            for concept in concepts:
                units = [] if concept.name in self.lexicon.placeless else anchor.units
                places = [*units, *anchor.recalled] if units is anchor.units else []
                ignored = self.lexicon.ignored_places.get(concept.name, frozenset())
                body, side = _place([unit for unit in places if unit.place not in ignored])
                yield self._mention(concept.name, anchor, body or concept.body, side, units, concept.status)
            return
        for reading in anchor.readings:
            yield from self._composed(self.lexicon.feelings[term(reading).name], anchor, norms)

    def _composed(self, feeling: Feeling, anchor: Anchor, norms: Sequence[str]) -> Iterable[Mention]:
        units = [u for u in (*anchor.units, *anchor.recalled) if u.place not in feeling.ignored_places]
        if feeling.alone_only and units:
            return
        by_concept: dict[str, list[PlaceUnit]] = {}
        tissue = _tissue(units, anchor)
        along = feeling.along.get(self._runs_along(units, norms))
        for unit in units:
            made_of = unit.tissue or tissue or ""
            concept = along or feeling.by.get(made_of, feeling.by.get(unit.place or "", feeling.default))
            one_side = unit.side in ("left", "right") or "one" in norms[max(0, unit.start - 2) : unit.start]
            if concept and (one_side or not feeling.needs_one_side):
                by_concept.setdefault(concept, []).append(unit)
        if feeling.default and (not units or (feeling.default in by_concept and len(by_concept) > 1)):
            by_concept[feeling.default] = units  # "tingling in my fingers and lips" is at both
        for concept, chosen in by_concept.items():
            body, side = _place(chosen)
            parts = tuple(dict.fromkeys(part for place in body for part in self.lexicon.parts.get(place, (place,))))
            near = [unit for unit in chosen if all(unit is not far for far in anchor.recalled)]
            yield self._mention(concept, anchor, parts, side, near, None)

    def _runs_along(self, units: Sequence[PlaceUnit], norms: Sequence[str]) -> str:
        """The limb down which it runs: "from my hip down to the knee" is one pain of the leg, not one of each joint."""
        limbs = {self.lexicon.linking.limbs.get(unit.place or "", "") for unit in units if unit.place != "neck"}
        between = norms[min(u.end for u in units) : max(u.start for u in units)] if len(units) > 1 else ()
        return limbs.pop() if len(limbs) == 1 and not ROUTE.isdisjoint(between) else ""

    def _mention(
        self,
        concept: str,
        anchor: Anchor,
        body: tuple[str, ...],
        side: str | None,
        units: Sequence[PlaceUnit],
        status: str | None,
    ) -> Mention:
        parts = tuple(dict.fromkeys(part for place in body for part in self.lexicon.parts.get(place, (place,))))
        start = min([anchor.start, *(u.start for u in units if u.start < anchor.start)])
        end = max([anchor.end, *(u.end for u in units)])
        return Mention(concept, anchor.start, anchor.end, (start, end), parts, side, status, anchor.readings[0].denied)


def _tissue(units: Sequence[PlaceUnit], anchor: Anchor) -> str | None:
    """Of what the feeling is at all its places: "muscle pain in my legs", "my hips ache in the bone"."""
    alone = [u for u in units if u.tissue in SPREADING and (not u.place or u.start < anchor.start < u.end)]
    others = [u for u in units if u.place and u not in alone and all(u is not far for far in anchor.recalled)]
    for unit in alone:
        before, behind = unit.end == anchor.start or unit.start < anchor.start, unit.start >= anchor.end
        if before and all(u.start >= anchor.end for u in others):
            return unit.tissue
        if behind and all(u.end <= anchor.start for u in others):
            return unit.tissue
    return None


def _place(units: Sequence[PlaceUnit]) -> tuple[tuple[str, ...], str | None]:
    body = tuple(dict.fromkeys(unit.place for unit in units if unit.place))
    sides = {unit.side for unit in units if unit.side}
    side = "both" if {"left", "right"} <= sides else next(iter(sorted(sides)), None)
    return body, side


def _own_side(mention: Mention, sides: Sequence[Match], units: Sequence[PlaceUnit], norms: Sequence[str]) -> str | None:
    """Side told with the symptom itself: "left sided hemiparesis", "frozen shoulder (R)", "sciatica, the left side"."""
    for match in sides:
        within = mention.start <= match.start and match.end <= mention.end
        before = match.end == mention.start and not mention.body
        if within or before:
            return side_name(match)
        gap = norms[mention.end : match.start]
        held = any(mention.end <= unit.start < match.start + SIDE_REACH for unit in units)
        near = mention.end <= match.start and len(gap) <= OWN_SIDE_REACH and BREAKS.isdisjoint(gap)
        if near and not held and is_told_apart(match, norms):
            return side_name(match)
    return None


def _added_side(mention: Mention, sides: Sequence[Match], sentences: Sequence[tuple[int, int]]) -> str | None:
    """Side told in a short sentence of its own: "calf is swollen. Only the right one." """
    if not mention.body:
        return None
    for match in sides:
        if match.start < mention.span[1]:
            continue
        start, end = sentences[match.start]
        told_next = start > mention.span[1] and sentences[mention.end - 1][1] + 1 == start
        if told_next and end - start <= SHORT_SENTENCE:
            return side_name(match)
    return None


def _skips_verb(match: Match, norms: Sequence[str]) -> bool:
    """Whether a phrase that is no place, as "back in", was met over a verb: "my back is in agony"."""
    return not term(match).name and any(
        norm in BEING and norm not in match.source.split() for norm in norms[match.start : match.end]
    )


def _without_overlaps(matches: Sequence[Match], *, same_span: bool = False) -> list[Match]:
    """Of matches that overlap, the longest; with ``same_span`` those of exactly equal spans stay."""
    kept: list[Match] = []
    owner: dict[int, tuple[int, int]] = {}
    for match in sorted(matches, key=lambda m: (-m.length, m.start)):
        clash = {owner[position] for position in range(match.start, match.end) if position in owner}
        if clash and not (same_span and clash == {(match.start, match.end)}):
            continue
        kept.append(match)
        owner.update(dict.fromkeys(range(match.start, match.end), (match.start, match.end)))
    return sorted(kept, key=lambda m: (m.start, m.end))


def _unique(mentions: Iterable[Mention]) -> list[Mention]:
    seen: dict[tuple[str, int], Mention] = {}
    for mention in mentions:
        seen.setdefault((mention.concept, mention.start), mention)
    return sorted(seen.values(), key=lambda m: (m.start, m.end))
