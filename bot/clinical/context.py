"""ConText-style assertion: is a mention present, denied, over, somebody else's, or only feared or asked about?

Cues come from patients' language and stand in ``context.yml``. A denial reaches a few words forward inside
its sentence, over lists, and stops at a new subject, a verb after a comma, or a terminator ("but").
"Can't stop twitching" and its like are no denial.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.clinical.cues import Cues
from bot.clinical.experiencer import Experiencers
from bot.clinical.lexicon import Lexicon
from bot.clinical.matcher import Match
from bot.clinical.patterns import BREAKS
from bot.reading import Status

WIDE_REACH = 12  # tokens that "no", "without" and "not" may reach over a list
WIDE_UNKNOWN = 3  # words of no known part a liberal denial may jump over
STRICT_UNKNOWN = 1  # the same for "not"
ANSWER_REACH = 3  # tokens between a symptom and the "nope" that answers it
ANYMORE_REACH = 3  # tokens between a denied symptom and "anymore"
STATUS_REACH = 8  # tokens between a "used to" or "worried about" and the mention
SIGN_REACH = 5  # tokens between a symptom and "is a sign of"
AFTER_REACH = 8  # tokens between the mention and "went away"
PAST = (("past.before", "past.after"),)
TREATMENT = (("past.treatment", "past.treatment_after"),)  # cues of medicines and habits only
LEAD = 2  # words of a clause up to its "cured it": "till Christmas, insoles cured it"
OTHER_REACH = 5  # tokens behind "but now" in which another symptom makes that the one told of
OWNED_REACH = 16  # tokens between a symptom asked about and "I have it myself"
OVERALL_REACH = 120  # tokens between a symptom and a closing "all of that is gone now"


@dataclass(frozen=True)
class Assertion:
    """The status and the tokens ``[start, end)`` of the cue that decided it."""

    status: Status = "present"
    cue: tuple[int, int] | None = None


class Context:
    """The cues and persons of one text, ready to judge mentions at token spans."""

    def __init__(
        self,
        lexicon: Lexicon,
        norms: Sequence[str],
        matches: Sequence[Match],
        mentions: Sequence[tuple[int, int]],
        sentences: Sequence[tuple[int, int]],
    ) -> None:
        words = lexicon.cues
        self.norms, self._linking, self._fillers = norms, lexicon.linking, lexicon.fillers
        self._sentences = sentences
        self._cues = Cues(norms, matches, mentions, sentences, words["questions"])
        self._experiencers = Experiencers(norms, matches, words["other_people"])
        self._places = {p for m in matches if m.meaning.kind in ("place", "tissue") for p in range(m.start, m.end)}  # type: ignore[attr-defined]
        self._carriers = frozenset(words["absent"]["before"]["carriers"])
        self._denial_ends = frozenset(words["absent"]["denial_ends"])
        self._denial_stops = frozenset(words["absent"]["denial_stops"])
        self._answer_links = frozenset(words["absent"]["answer_links"])
        self._answer_ends = frozenset(words["absent"]["answer_ends"])
        self._weak = frozenset(words["hypothetical"]["weak"])
        self._answers_alone = frozenset(words["absent"]["answers_alone"])
        self._own = frozenset(words["hypothetical"]["own"])
        self._clause_marks = frozenset(words["past"]["clause_marks"]) | BREAKS
        self._undone = frozenset(words["past"]["undone_by"])
        self._summing = frozenset(words["past"]["summing"])
        self._skipped = frozenset(words["absent"]["skipped"])
        self._subject_opens = frozenset(words["past"]["subject_opens"])

    def is_patient(self, start: int) -> bool:
        """Whether the mention at token ``start`` is a human being's."""
        return self._experiencers.is_patient(start)

    def judge(self, start: int, end: int, *, disease: bool = False, span_end: int | None = None) -> Assertion:
        """Status of the mention at tokens ``[start, end)``, its places reaching to ``span_end``.

        ``disease``: an exposure, for which weak doubts ("is it coeliac?") count in any sentence.
        """
        doubted = disease or self._cues.asked(start)
        return (
            self._denied(start, end, treatment=disease)
            or self._feared(start, span_end or end, weak=False)
            or self._elses(start, end)
            or self._over(start, end, treatment=disease)
            or (self._feared(start, span_end or end, weak=True) if doubted else None)
            or Assertion()
        )

    # --- denied -------------------------------------------------------------------------------------

    def _denied(self, start: int, end: int, *, treatment: bool) -> Assertion | None:
        cue = (
            self._denial_before(start, treatment=treatment) or self._answer_after(end) or self._asked_and_denied(start)
        )
        if cue is None:
            return None
        over = self._cues.between("past.anymore", end, end + ANYMORE_REACH)
        return Assertion("past" if over else "absent", (cue.start, cue.end))

    def _denial_before(self, start: int, *, treatment: bool) -> Match | None:
        if not treatment and self.norms[start] in self._skipped:
            return None  # "no memory, no sleep": two things that are missing, not the lack of one denied
        for name, unknown in (("absent.wide", WIDE_UNKNOWN), ("absent.strict", STRICT_UNKNOWN)):
            for cue in self._cues.before(name, start, WIDE_REACH):
                if not self._is_plain(cue) or self._cues.only_asks(cue):
                    continue
                # "No more cramps" says that they are over, not that there were none.
                if self._cues.covers("past.before", cue, longer=True):
                    continue
                if treatment and self._spent(cue.end, start):
                    continue
                if self._reaches(cue.end, start, unknown=unknown, strict=name == "absent.strict"):
                    return cue
        return None

    def _is_plain(self, cue: Match) -> bool:
        """Whether the denial is no part of a wording that only looks like one."""
        return not self._cues.covers("absent.pseudo", cue)

    def _spent(self, begin: int, start: int) -> bool:
        """Whether the denial was of a symptom already: "no drowsiness, a plus over Benadryl" denies no Benadryl."""
        ends = [p for p in range(begin, start) if self.norms[p] in self._denial_ends]
        return any(position in self._cues.mentioned for end in ends for position in range(begin, end))

    def _answer_after(self, end: int) -> Match | None:
        """The "nope" of "cramps? nope"."""
        for cue in self._cues.between("absent.after", end, end + ANSWER_REACH):
            between = self.norms[end : cue.start]
            alone = cue.length > 1 or self.norms[cue.start] in self._answers_alone
            if (between or alone) and self._answer_links.issuperset(between) and self._answer_ended(cue.end):
                return cue
        later = self._cues.between("absent.later", end, end + AFTER_REACH)
        return next((cue for cue in later if self._is_plain(cue) and self._cues.same_clause(end, cue.start)), None)

    def _asked_and_denied(self, start: int) -> Match | None:
        """The "No to all" behind a list that somebody asked about: "she asked about cramps, weak legs. No to all." """
        first, last = self._sentences[start]
        if not self._cues.between("absent.asked", first, start):
            return None
        for cue in self._cues.between("absent.asked_answers", start + 1, last + ANSWER_REACH):
            if self._answer_ended(cue.end) and self._is_plain(cue):
                return cue
        return None

    def _answer_ended(self, position: int) -> bool:
        if position >= len(self.norms):
            return True
        return not self.norms[position][0].isalnum() or self.norms[position] in self._answer_ends

    def _reaches(self, begin: int, start: int, *, unknown: int, strict: bool) -> bool:
        """Whether a denial that ends at token ``begin`` still holds at ``start``."""
        clause = False
        if strict and begin < start and not self._carries(begin):
            return False  # "not" denies the verb behind it: "I can't settle, really agitated"
        for position in range(begin, start):
            norm = self.norms[position]
            if self._cues.ends_clause(position) or norm in ("-", "(", ")"):
                return False
            if position > begin and self._experiencers.speaks(position):
                return False
            if clause and norm in self._linking.verbs:
                return False
            if norm == "," and position + 1 < start and self.norms[position + 1] in self._denial_stops:
                return False  # "no cough, very sleepy"
            clause = clause or norm in (",", "and")
            if not self._carries(position):
                unknown -= 1
                if unknown < 0 or (strict and norm in self._linking.stops):
                    return False
        return True

    def _carries(self, position: int) -> bool:
        norm, linking = self.norms[position], self._linking
        return (
            position in self._cues.mentioned
            or position in self._places
            or not norm[0].isalpha()
            or norm in self._fillers
            or norm in self._carriers
            or norm in linking.connectors
            or norm in linking.prepositions
            or norm in linking.attributes
        )

    # --- over, feared, somebody else's --------------------------------------------------------------

    def _over(self, start: int, end: int, *, treatment: bool) -> Assertion | None:
        given_up = self._past_cue(start, end, TREATMENT) if treatment else None
        if given_up:
            return Assertion("past", (given_up.start, given_up.end))
        cue = self._past_cue(start, end, PAST) or self._all_over(end)
        if cue and self._returned(start, end, max(end, cue.end)):
            return None
        return Assertion("past", (cue.start, cue.end)) if cue else None

    def _returned(self, start: int, end: int, begin: int) -> bool:
        """ "Went away and then came back": whether the symptom over at token ``begin`` is there again.

        Far off in the sentence, or when only "still" or "but now" is said, another symptom may be the one meant.
        """
        told, last = set(self.norms[start:end]), self._sentences[min(begin, len(self.norms) - 1)][1]
        for cue in self._cues.between("past.returned", begin, max(last, begin + STATUS_REACH)):
            if cue.start > begin + STATUS_REACH and self._names_another(range(begin, cue.start), told):
                return False
            if self.norms[cue.start - 1] not in self._skipped:  # "they never returned"
                return True
        return any(
            self._cues.same_clause(begin, cue.start)
            and not self._names_another(range(cue.end, cue.end + OTHER_REACH), told)
            for cue in self._cues.between("past.returned_unless_other", begin, begin + STATUS_REACH)
        )

    def _names_another(self, positions: range, told: set[str]) -> bool:
        """Whether a symptom in other words than those ``told`` stands there."""
        named = {self.norms[position] for position in positions if position in self._cues.mentioned}
        return bool(named) and named.isdisjoint(told)

    def _past_cue(self, start: int, end: int, lists: Sequence[tuple[str, str]]) -> Match | None:
        """The cue before, inside or behind the mention; ``lists``: names of the cues that count before and behind."""
        for before, after in lists:
            inside = self._cues.inside(before, start, end) or self._cues.inside("past.inside", start, end)
            cue = self._over_before(before, start) or next(iter(inside), None) or self._over_after(after, end)
            if cue:
                return cue
        return None

    def _over_before(self, name: str, start: int) -> Match | None:
        cues = self._cues.before(name, start, STATUS_REACH)
        return next((cue for cue in cues if self._cues.same_clause(cue.end, start)), None)

    def _over_after(self, name: str, end: int) -> Match | None:
        for cue in self._cues.between(name, end, end + AFTER_REACH):
            if not self._is_plain(cue) or not self._cues.same_clause(end, cue.start):
                continue
            if self._undone.isdisjoint(self.norms[end : cue.start]) and not self._of_another(end, cue.start):
                return cue
        return None

    def _of_another(self, begin: int, end: int) -> bool:
        """Whether a subject of its own stands between: the eyebrows of "feet numb, eyebrows gone"."""
        if not self._summing.isdisjoint(self.norms[max(begin, end - 1) : end + 1]):
            return False  # "the tightness, the rash and the cough all cleared"
        opened = False
        for position in range(begin, end):
            norm = self.norms[position]
            if opened and norm[0].isalpha() and not self._carries(position) and norm not in self._subject_opens:
                return True
            opened = opened or norm in self._clause_marks
        return False

    def _all_over(self, end: int) -> Match | None:
        """A later "all of that is gone now", unless something is told to be back after it."""
        for cue in self._cues.between("past.overall", end, end + OVERALL_REACH):
            returned = self._cues.between("past.returned", cue.end, cue.end + OVERALL_REACH)
            lead = self.norms[max(end, cue.start - LEAD) : cue.start] or self.norms[cue.start - 1 : cue.start]
            if not self._clause_marks.isdisjoint(lead) and not returned:
                return cue
        return None

    def _feared(self, start: int, end: int, *, weak: bool) -> Assertion | None:
        for cue in self._cues.before("hypothetical.before", start, STATUS_REACH):
            is_weak = " ".join(self.norms[cue.start : cue.end]) in self._weak
            if is_weak != weak or self._cues.covers("hypothetical.pseudo", cue):
                continue
            between = self.norms[cue.end : end]
            if not self._cues.same_clause(cue.end, start) or ")" in between or not self._own.isdisjoint(between):
                continue
            if not (self._cues.asked(start) and self._owned(end)):
                return Assertion("hypothetical", (cue.start, cue.end))
        return None if weak else self._named_as_sign(start, end)

    def _owned(self, end: int) -> bool:
        """Whether the writer has what the question is about: "Can it cause sore ribs? Mine have hurt for weeks." """
        owned = self._cues.between("hypothetical.owned", end, end + OWNED_REACH)
        return any(self._is_plain(cue) for cue in owned)

    def _named_as_sign(self, start: int, end: int) -> Assertion | None:
        """The symptom spoken of as one: "tiredness is a symptom of low vitamin D", "is tiredness normal with it?"."""
        if self._cues.asks_in_general(start) and self._own.isdisjoint(self.norms[start:end]) and not self._owned(end):
            first, _ = self._sentences[start]
            return Assertion("hypothetical", (first, first + 1))
        if self._cues.asked(start):
            for cue in self._cues.between("hypothetical.asked_of", end, end):
                if not self._owned(end):
                    return Assertion("hypothetical", (cue.start, cue.end))
        for cue in self._cues.between("hypothetical.after", end, end + SIGN_REACH):
            if self._cues.same_clause(end, cue.start) and self._own.isdisjoint(
                self.norms[max(0, start - 2) : cue.start]
            ):
                return Assertion("hypothetical", (cue.start, cue.end))
        return None

    def _elses(self, start: int, end: int) -> Assertion | None:
        person = self._experiencers.of(start, end)
        return Assertion("other", (person.start, person.end)) if person else None
