"""Whose symptom it is: "my mum ... she ..." is carried over sentences until "I" returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.clinical.lexicon import Term
from bot.clinical.matcher import Match
from bot.clinical.patterns import BREAKS

ROLE_REACH = 6  # tokens before "patient" or "child" in which "I am" makes it the writer's own role
WRITER = (("i",), ("me",), ("myself",))
OWNER_REACH = 4  # tokens behind "my" in which "mum" or "doctor" makes it no word about the writer


class Experiencers:
    """For each token of a text, the words that name the person spoken of, or None for the writer."""

    def __init__(self, norms: Sequence[str], matches: Sequence[Match], words: Mapping[str, Any]) -> None:
        self.norms = norms
        self._owners, self._things = frozenset(words["owners"]), frozenset(words["things"])
        self._speakers, self._possessives = frozenset(words["speakers"]), frozenset(words["possessives"])
        self._own_roles = [tuple(phrase.split()) for phrase in words["own_roles_after"]]
        self._people: dict[int, Match] = {}
        self._speech = {match.start for match in matches if _term(match).name == "speech"}
        for match in matches:
            if _term(match).kind == "person" and _term(match).name != "speech":
                best = self._people.get(match.start)
                if best is None or best.length < match.length:
                    self._people[match.start] = match
        self._carried = self._filled(self._carry())

    def of(self, start: int, end: int) -> Match | None:
        """Who has the symptom at tokens ``[start, end)``."""
        person, owner = self._carried[start], self._people.get(end)
        if person is None and owner is not None and self.norms[end] in self._owners:
            return owner  # "the weakness he has"
        return person

    def is_patient(self, position: int) -> bool:
        """Whether the token speaks of a human being: "my dog had a seizure" is no finding."""
        person = self._carried[position]
        return person is None or _term(person).name != "animals"

    def speaks(self, position: int) -> bool:
        """Whether the writer speaks of himself or herself as the subject at the token."""
        return position in self._people and self.norms[position] == "i"

    def _carry(self) -> list[Match | None]:
        current: Match | None = None
        speaker: Match | None = None  # "my husband says I jerk": his word, until "he" makes it about him
        professional = False
        carried: list[Match | None] = []
        while len(carried) < len(self.norms):
            match = self._people.get(len(carried))
            if match is None:
                carried.append(current)
                continue
            group = _term(match).name
            if group == "relations" and match.end in self._speech and not self._is_own_role(match):
                current, speaker, professional = None, match, False
            elif group == "animals" or (group == "relations" and not self._is_own_role(match)):
                current, professional = match, False
            elif group == "professionals":
                professional = True
            elif group == "pronouns" and current is None and not professional and self._names_a_person(match):
                current = speaker or match
            elif group == "self" and self._speaks_of_self(match):
                current = None
            carried.extend([current] * match.length)
        return carried

    def _filled(self, carried: list[Match | None]) -> list[Match | None]:
        """A text that never speaks of its writer is about the person it names, from the start of that sentence on.

        With "he", "her" or "their" in it, it is so from its first word.
        """
        named = next((person for person in carried if person is not None), None)
        if named is None or any(_term(m).name == "self" and self._speaks_of_self(m) for m in self._people.values()):
            return carried
        start = 0
        if not any(_term(m).name == "pronouns" for m in self._people.values()):
            start = max((p + 1 for p in range(named.start) if self.norms[p] in BREAKS), default=0)
        return [person or (named if p >= start else None) for p, person in enumerate(carried)]

    def _names_a_person(self, match: Match) -> bool:
        """Pronouns like "they" and "them" may be legs; "he" and "she" are somebody."""
        return self.norms[match.start] not in self._things

    def _is_own_role(self, match: Match) -> bool:
        """The roles in "I am a gastric bypass patient", "when I was a child", "a baby on the way" name nobody else."""
        before = self.norms[max(0, match.start - ROLE_REACH) : match.start]
        if "i" in before and ("am" in before or "was" in before) and "my" not in before:
            return True
        if before[-3:-1] == ("me", "and") or self._joined(match.end):
            return True  # "me and my brother both have it", "my sister and I"
        following = [tuple(self.norms[match.end : match.end + len(phrase)]) for phrase in self._own_roles]
        return any(a == b for a, b in zip(following, self._own_roles, strict=True)) or "as" in before[-2:]

    def _joined(self, position: int) -> bool:
        """Whether "and I" stands at the token."""
        return self.norms[position : position + 1] == ("and",) and self.norms[position + 1 : position + 2] in WRITER

    def _speaks_of_self(self, match: Match) -> bool:
        word = self.norms[match.start]
        if word not in self._possessives:
            return word in self._speakers
        for position in range(match.end, min(match.end + OWNER_REACH, len(self.norms))):
            person = self._people.get(position)
            if person is not None and _term(person).name in ("relations", "professionals", "animals"):
                return False
            if self.norms[position] in BREAKS:
                break
        return True


def _term(match: Match) -> Term:
    assert isinstance(match.meaning, Term)
    return match.meaning
