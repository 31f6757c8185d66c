"""ConText-style assertion: is a mention present, denied, over, somebody else's, or only feared or asked about?

Cues come from patients' language and stand in ``context.yml``. A denial reaches a few words forward inside
its sentence, over lists, and stops at a new subject, a verb after a comma, or a terminator ("but").
"Can't stop twitching" and its like are no denial. Whose symptom it is, is carried from sentence to sentence
until "I" returns.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from bot.clinical.lexicon import Lexicon, Term
from bot.clinical.patterns import BREAKS, Match
from bot.reading import Status

WIDE_REACH = 12  # tokens that "no" and "without" may reach over a list
MAX_UNKNOWN = 3  # words of no known part a liberal denial may jump over
STRICT_UNKNOWN = 1  # the same for "not"
STATUS_REACH = 8  # tokens between a "used to" or "worried about" and the mention
_CLAUSE_MARKS = frozenset({",", "and", "but", "-", "then", ")"})
CUE_WORDS = 8  # tokens that a cue itself may be long
PSEUDO_WORDS = 12  # and a wording that only looks like a cue
OVERALL_REACH = 120  # tokens between a symptom and a closing "all of that is gone now"
AFTER_REACH = 8  # tokens between the mention and "went away"


@dataclass(frozen=True)
class Assertion:
    """The status and the tokens ``[start, end)`` of the cue that decided it."""

    status: Status = "present"
    cue: tuple[int, int] | None = None


class Context:
    """Cues of one text, ready to judge mentions at token spans."""

    def __init__(self, lexicon: Lexicon, norms: Sequence[str], matches: Sequence[Match], taken: Sequence[tuple[int, int]]) -> None:
        self.norms, self.lexicon = norms, lexicon
        self._cues: dict[str, list[Match]] = {}
        self._people: dict[int, Match] = {}
        for match in matches:
            meaning = match.meaning
            assert isinstance(meaning, Term)
            if meaning.kind == "cue":
                self._cues.setdefault(meaning.name, []).append(match)
            elif meaning.kind == "person":
                best = self._people.get(match.start)
                if best is None or best.length < match.length:
                    self._people[match.start] = match
            elif meaning.kind in ("terminator", "question"):
                self._cues.setdefault(meaning.kind, []).append(match)
        self._starts: dict[str, list[int]] = {}
        self._known = {p for start, end in taken for p in range(start, end)}
        for name, cues in self._cues.items():
            # A "not" inside a symptom ("can't walk far") belongs to it and denies nothing behind it.
            self._cues[name] = [c for c in cues if c.length > 2 or not self._known.issuperset(range(c.start, c.end))]
            self._starts[name] = [c.start for c in self._cues[name]]
        self._stops = {m.start for m in self._cues.get("terminator", ())}
        self._carriers = frozenset(w for c in lexicon.cues["absent"]["before"]["carriers"] for w in str(c).split("_"))
        self._owners = frozenset(lexicon.cues["other_people"]["owners"])
        self._things = frozenset(lexicon.cues["other_people"]["things"])
        self._weak = frozenset(lexicon.cues["hypothetical"]["weak"])
        self._experiencers = self._filled(self._carry_experiencers())

    def judge(self, start: int, end: int, *, disease: bool = False, span_end: int | None = None) -> Assertion:
        """Status of the mention at tokens ``[start, end)``; ``disease``: an exposure, for which weak doubts count."""
        for judged in (
            self._denied(start, end),
            self._feared(start, span_end or end, disease=False),
            self._elses(start, end),
            self._over(start, end),
            self._feared(start, span_end or end, disease=True) if disease or self._asked(start) else None,
        ):
            if judged:
                return judged
        return Assertion()

    def _near(self, name: str, first: int, last: int) -> list[Match]:
        """Cues of that name that start at tokens ``first`` to ``last``, in text order."""
        starts = self._starts.get(name)
        return self._cues[name][bisect_left(starts, first) : bisect_right(starts, last)] if starts else []

    # --- denial -------------------------------------------------------------------------------------

    def _denied(self, start: int, end: int) -> Assertion | None:
        for cue in reversed(self._near("absent.wide", start - WIDE_REACH - CUE_WORDS, start)):
            if cue.end <= start and start - cue.end <= WIDE_REACH and not self._is_pseudo(cue, "absent.pseudo"):
                if self._reaches(cue.end, start, unknown=MAX_UNKNOWN, strict=False) and not self._resolved(cue):
                    return Assertion("absent", (cue.start, cue.end))
        for cue in reversed(self._near("absent.strict", start - WIDE_REACH - CUE_WORDS, start)):
            if cue.end <= start and start - cue.end <= WIDE_REACH and not self._is_pseudo(cue, "absent.pseudo"):
                if self._reaches(cue.end, start, unknown=STRICT_UNKNOWN, strict=True):
                    return Assertion("absent", (cue.start, cue.end))
        for cue in self._near("absent.after", end, end + 3):
            between = self.norms[end : cue.start]
            if end <= cue.start <= end + 3 and all(n in "?:-,()" or n in ("is", "are", "was", "were", "has", "been") for n in between):
                if self._ends_sentence(cue.end) and (between or cue.length > 1):
                    return Assertion("absent", (cue.start, cue.end))
        return None

    def _resolved(self, cue: Match) -> bool:
        """"No more cramps" says that they are over, not that there were none."""
        return any(p.start <= cue.start and cue.end <= p.end and p.length > cue.length for p in self._near("past.before", cue.start - CUE_WORDS, cue.start))

    def _reaches(self, begin: int, start: int, *, unknown: int, strict: bool) -> bool:
        after_comma = False
        for position in range(begin, start):
            norm = self.norms[position]
            if norm in BREAKS or position in self._stops:
                return False
            if norm in ("-", "(", ")") or self._is_self(position) and position > begin:
                return False
            if norm == ",":
                after_comma = True
            elif after_comma and norm in self.lexicon.linking.verbs:
                return False
            elif norm in ("and", "or", "nor"):
                after_comma = after_comma or norm == "and"
            if position in self._known or norm in self.lexicon.fillers or norm in self._carriers or not norm[0].isalpha():
                continue
            if norm in self.lexicon.linking.connectors or norm in self.lexicon.linking.prepositions or norm in self.lexicon.linking.attributes:
                continue
            unknown -= 1
            if unknown < 0 or strict and norm in self.lexicon.linking.stops:
                return False
        return True

    def _is_pseudo(self, cue: Match, name: str) -> bool:
        return any(p.start <= cue.start and cue.end <= p.end for p in self._near(name, cue.start - PSEUDO_WORDS, cue.start))

    def _is_self(self, position: int) -> bool:
        match = self._people.get(position)
        return match is not None and match.meaning.name == "self" and self.norms[position] == "i"  # type: ignore[attr-defined]

    def _ends_sentence(self, position: int) -> bool:
        return position >= len(self.norms) or not self.norms[position][0].isalnum() or self.norms[position] in ("and", "but")

    # --- over, feared, somebody else's --------------------------------------------------------------

    def _over(self, start: int, end: int) -> Assertion | None:
        for cue in reversed(self._near("past.before", start - STATUS_REACH - CUE_WORDS, start)):
            if cue.end <= start and start - cue.end <= STATUS_REACH and self._same_clause(cue.end, start):
                return Assertion("past", (cue.start, cue.end))
        for cue in self._near("past.after", end, end + AFTER_REACH):
            if end <= cue.start <= end + AFTER_REACH and self._same_clause(end, cue.start) and not self._is_pseudo(cue, "absent.pseudo"):
                if not any(n in ("not", "never", "if", "when") for n in self.norms[end : cue.start]):
                    return Assertion("past", (cue.start, cue.end))
        for cue in self._near("past.overall", end, end + OVERALL_REACH):
            if cue.start >= end and self.norms[cue.start - 1] in BREAKS | _CLAUSE_MARKS and not self._returns(cue.end):
                return Assertion("past", (cue.start, cue.end))
        return None

    def _returns(self, position: int) -> bool:
        """What went away is told to be back: "it stopped, then came back"."""
        return bool(self._near("past.returned", position, position + OVERALL_REACH))

    def _feared(self, start: int, end: int, *, disease: bool) -> Assertion | None:
        for cue in reversed(self._near("hypothetical.before", start - STATUS_REACH - CUE_WORDS, start)):
            weak = " ".join(self.norms[cue.start : cue.end]) in self._weak
            if weak != disease or cue.end > start or start - cue.end > STATUS_REACH or self._is_pseudo(cue, "hypothetical.pseudo"):
                continue
            if self._same_clause(cue.end, start) and not {"i", "my"}.intersection(self.norms[cue.end : end]):
                return Assertion("hypothetical", (cue.start, cue.end))
        return None

    def _asked(self, start: int) -> bool:
        """The mention stands in a question that opens with a question word."""
        sentence = start
        while sentence > 0 and self.norms[sentence - 1] not in BREAKS:
            sentence -= 1
        return any(self.norms[m.end : m.end + 1] != ("not",) for m in self._near("question", sentence, sentence))

    def _same_clause(self, begin: int, end: int) -> bool:
        return not any(self.norms[p] in BREAKS or p in self._stops for p in range(begin, end))

    def _elses(self, start: int, end: int) -> Assertion | None:
        person = self._experiencers[start]
        owner = self._people.get(end)
        if person is None and owner is not None and self.norms[end] in self._owners:
            person = owner  # "the weakness he has"
        return Assertion("other", (person.start, person.end)) if person else None

    def _carry_experiencers(self) -> list[Match | None]:
        """For each token the person spoken of, or None for the writer."""
        current: Match | None = None
        professional = False
        carried: list[Match | None] = []
        position = 0
        while position < len(self.norms):
            match = self._people.get(position)
            if match is not None:
                name = match.meaning.name  # type: ignore[attr-defined]
                if name == "relations" and not self._is_own_role(match):
                    current, professional = match, False
                elif name == "professionals":
                    professional = True
                elif name == "pronouns" and current is None and not professional and self._names_a_person(match):
                    current = match
                elif name == "self" and self._speaks_of_self(match):
                    current, professional = None, professional
                for _ in range(match.length):
                    carried.append(current)
                position += match.length
                continue
            carried.append(current)
            position += 1
        return carried

    def _filled(self, carried: list[Match | None]) -> list[Match | None]:
        """A text that names somebody and never its writer is about that person from its first word."""
        named = next((person for person in carried if person is not None), None)
        if named is None or any(m.meaning.name == "self" and self._speaks_of_self(m) for m in self._people.values()):  # type: ignore[attr-defined]
            return carried
        return [person or named for person in carried]

    def _names_a_person(self, match: Match) -> bool:
        """"They" and "them" may be legs; "he" and "she" are somebody."""
        return self.norms[match.start] not in self._things

    def _is_own_role(self, match: Match) -> bool:
        """"I am a gastric bypass patient", "when I was a child", "a baby on the way" name nobody else."""
        before = self.norms[max(0, match.start - 6) : match.start]
        after = self.norms[match.end : match.end + 3]
        if "i" in before and ("am" in before or "was" in before) and "my" not in before:
            return True
        return tuple(after) == ("on", "the", "way") or "as" in before[-2:]

    def _speaks_of_self(self, match: Match) -> bool:
        word = self.norms[match.start]
        if word in ("my", "our"):
            following = range(match.end, min(match.end + 4, len(self.norms)))
            for position in following:
                person = self._people.get(position)
                if person is not None and person.meaning.name in ("relations", "professionals"):  # type: ignore[attr-defined]
                    return False
                if self.norms[position] in BREAKS:
                    break
            return word == "my"
        return word in ("i", "im", "ive", "mine", "myself")
