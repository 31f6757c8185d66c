"""What a time in a text belongs to: the cues around it (symptom, treatment ...) and the clauses they stand in."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.clinical.patterns import longest
from bot.clinical.time_spans import TimeSpan
from bot.clinical.time_words import TimeWords
from bot.clinical.tokens import Token
from bot.reading import Finding

Role = Literal[
    "duration", "event_ago", "attack", "treatment", "age", "pregnancy", "frequency", "future", "state", "other"
]
# How many words beside the time a message may have and still be an answer to "how long?".
ANSWER_WORDS = 3
# A symptom this near after a treatment word is what the treatment is for.
PURPOSE_REACH = 4
NEGATIONS = frozenset({"not", "no", "never", "hardly", "barely", "without"})
ABSENCES = frozenset({"no", "without", "any"})
_SYMPTOMATIC = frozenset({"symptom", "onset", "persist"})
_ROLES: dict[str, Role] = {"treatment": "treatment", "event": "event_ago", "ended": "event_ago", "attack": "attack",
                           "state": "state", "plan": "future"}  # fmt: skip
# Cues that can own no point in time, and none of the times before them.
_SKIPPED = {
    True: frozenset({"intermittent", "ignored", "state"}),
    False: frozenset({"intermittent", "ignored", "event"}),
}
_SKIPPED_AFTER = frozenset({"intermittent", "ignored"})
_STOPS = frozenset({".", "!", "?", "\n", ";"})
_SEXES = frozenset({"male", "female", "man", "woman", "lady", "girl", "boy", "f", "m"})
PREGNANCY_FROM_WEEKS = 3


@dataclass(frozen=True)
class Cue:
    start: int
    end: int
    name: str


class TimeContext:
    """The cues of one text and its clauses."""

    def __init__(
        self, tokens: Sequence[Token], words: TimeWords, findings: Iterable[Finding], spans: Sequence[TimeSpan]
    ) -> None:
        self.tokens = tokens
        self.words = words
        self.norms = [token.norm for token in tokens]
        self._counts = sum("nth" in span.marks for span in spans)
        self._words_told = sum(token.is_word for token in tokens)
        self._inside = {place for span in spans for place in range(span.first, span.last)}
        self.cues = self._cues(findings)

    def norm(self, place: int) -> str:
        return self.norms[place] if 0 <= place < len(self.norms) else ""

    def _cues(self, findings: Iterable[Finding]) -> list[Cue]:
        matches = longest(m for m in self.words.cues.find(self.norms) if m.start not in self._inside)
        cues = {(m.start, m.end): Cue(m.start, m.end, self._named(m.start, str(m.meaning))) for m in reversed(matches)}
        starts = [token.start for token in self.tokens]
        for finding in findings:
            first, last = bisect_left(starts, finding.start), bisect_left(starts, finding.end)
            if first < last and finding.concept:
                name = "state" if finding.status == "absent" else "symptom"
                cues[first, last] = Cue(first, last, name)
        ending = tuple(self.words.sets["medicine_endings"])
        for place, norm in enumerate(self.norms):
            if len(norm) >= 7 and norm.endswith(ending) and (place, place + 1) not in cues:
                cues[place, place + 1] = Cue(place, place + 1, "treatment")
        return sorted(cues.values(), key=lambda cue: (cue.start, cue.end))

    def _named(self, start: int, name: str) -> str:
        """A denied habit is a complaint ("can not sleep"), a denied complaint is none ("no pain")."""
        before = self.norms[max(0, start - 2) : start]
        if name == "state" and NEGATIONS & {*before}:
            return "symptom"
        if name == "symptom" and before[-1:] and before[-1] in ABSENCES:
            return "state"
        if name == "event" and before[-1:] and before[-1] in ABSENCES:
            return "ignored"
        return name

    def clause(self, span: TimeSpan) -> tuple[int, int]:
        """Token limits of the clause in which the time stands."""
        left, right = span.first, span.last
        while left > 0 and not self._is_limit(left - 1):
            left -= 1
        while right < len(self.norms) and not self._is_limit(right):
            right += 1
        return left, right

    def _is_limit(self, place: int) -> bool:
        norm = self.norms[place]
        if norm in self.words.numbers.ands:
            return self.words.among("new_clause_after_and", self.norm(place + 1))
        return self.words.among("limits", norm) and place not in self._inside

    def clause_norms(self, span: TimeSpan) -> list[str]:
        left, right = self.clause(span)
        return self.norms[left:right]

    def clause_cues(self, span: TimeSpan) -> list[Cue]:
        left, right = self.clause(span)
        return [cue for cue in self.cues if left <= cue.start and cue.end <= right]

    def is_answer(self, span: TimeSpan, *, short: bool) -> bool:
        """The message is little more than the time; no more at all when it could be the length of one attack."""
        limit = 0 if short else ANSWER_WORDS
        told = sum(token.is_word for token in self.tokens[span.first : span.last])
        return self._words_told - told <= limit and not any(cue.name in _ROLES for cue in self.cues)

    def is_age(self, span: TimeSpan) -> bool:
        """ "I am 32 years", "32 years male"."""
        if span.unit not in ("year", "month", "week", "day") or span.marks:
            return False
        first = span.first
        while self.words.among("age_hedges", self.norm(first - 1)):
            first -= 1
        subject = (self.norm(first - 2), self.norm(first - 1))
        if self.words.among("patients", subject[1]) or (self.words.among("patients", subject[0]) and subject[1] == "("):
            return True  # "my child 5 year has pain", "my girl (4 months)"
        if subject[1] in ("is", "was") and self.words.among("patients", subject[0]):
            return True
        return subject in (("i", "am"), ("he", "is"), ("she", "is")) or self.norm(span.last) in _SEXES

    def is_pregnancy(self, span: TimeSpan) -> bool:
        if span.unit != "week" or span.marks - {"since", "in", "after", "now"} or span.count <= PREGNANCY_FROM_WEEKS:
            return False
        return any(self.words.among("pregnancy_words", norm) for norm in self.norms)

    def negated_clause(self, span: TimeSpan) -> bool:
        """ "have not slept in 3 days"."""
        left, _ = self.clause(span)
        return bool(NEGATIONS & {*self.norms[left : span.first]})

    def still_there(self, span: TimeSpan) -> bool:
        """ "still in pain after a year", "after two months of this"."""
        following = self.norms[span.last : span.last + 2]
        if following[:1] == ["of"] and any(
            c.name in _SYMPTOMATIC for c in self.cues if c.start in (span.last, span.last + 1)
        ):
            return True
        left, right = self.clause(span)
        return "still" in self.norms[left:right] and any(c.name == "symptom" for c in self.clause_cues(span))

    def goes_on_until(self, span: TimeSpan) -> bool:
        """ "been there a month"."""
        return any(cue.name == "persist" and cue.end == span.first for cue in self.cues)

    def since_illness(self, span: TimeSpan) -> bool:
        """ "4 months since covid", "3 weeks post covid" with a symptom in the text."""
        near = self.norms[span.last : span.last + 3]
        ill = any(self.words.among("illnesses", norm) for norm in near)
        return ill and any(cue.name == "symptom" for cue in self.cues)

    def counted_through(self, span: TimeSpan) -> Role:
        """ "Day 9 and still positive": of the illness, unless the clause names a treatment."""
        before = self.norms[max(0, span.first - 2) : span.first]
        on_the_way = before[-1:] and self.words.among("nth_after", before[-1])
        if on_the_way or (before[-1:] == ["on"] and before[:1] not in (["is"], ["am"], ["now"], ["still"])):
            return "other"
        if any(cue.name == "treatment" for cue in self.clause_cues(span)):
            return "treatment"
        if self._counts > 1:
            return "other"  # a diary: "Day 1: chills. Day 2: fever."
        return "duration" if any(cue.name in _SYMPTOMATIC for cue in self.cues) else "other"

    def _is_alone(self, span: TimeSpan) -> bool:
        left, right = self.clause(span)
        rest = self.norms[left : span.first] + self.norms[span.last : right]
        return all(self.words.among("alone_with", norm) for norm in rest)

    def _told_before(self, span: TimeSpan) -> Cue | None:
        """The cue that a time in a clause of its own adds to: "tender when I lean on a chair, few weeks"."""
        left, _ = self.clause(span)
        opener = self.clause(TimeSpan(left - 1, left - 1, None, ""))[0] - 1 if left > 1 else -1
        passing = self.words.among("passing_openers", self.norm(opener))
        wanted = {"symptom", "onset", "persist", "treatment", "ended"} | (set() if passing else {"state", "event"})
        return max((c for c in self.cues if c.end <= left and c.name in wanted), key=lambda c: c.end, default=None)

    def attached(self, span: TimeSpan, *, point: bool) -> Role:
        """What the time belongs to; a ``point`` in time can belong to an event, a stretch of time cannot."""
        if span.counted and not span.marks - {"now", "for", "past"} and self._is_alone(span):
            before = self._told_before(span)
            if (before is None and not self.cues) or (before is not None and before.name in _SYMPTOMATIC):
                return "duration"
        if "since_then" in span.marks:
            return self._of(self._first_after(span, self.clause(span)[1], point=True), span)
        left, right = self.clause(span)
        cue = self._last_before(span, left, point=point) or self._first_after(span, right, point=point)
        if cue is None and right - left - (span.last - span.first) <= 1:
            cue = self._beside(span, left, right, point=point)
        return self._of(cue, span)

    def _of(self, cue: Cue | None, span: TimeSpan) -> Role:
        if cue is None:
            told = (
                "lifelong" in span.marks or self._bare_statement(span) or self.norm(span.last) in self.words.numbers.ofs
            )
            return "duration" if told else "other"
        owner = self._purpose_of(cue) if cue.name == "symptom" else None
        if owner == "treatment" or (owner == "event" and span.marks & {"ago", "deictic"}):
            return _ROLES[owner]
        return _ROLES.get(cue.name, "duration")

    def _bare_statement(self, span: TimeSpan) -> bool:
        return bool(span.marks & {"past", "now"}) and any(cue.name == "symptom" for cue in self.cues)

    def _last_before(self, span: TimeSpan, left: int, *, point: bool) -> Cue | None:
        fitting = [c for c in self.cues if left <= c.start and c.end <= span.first and c.name not in _SKIPPED[point]]
        if point:
            fitting = [c for c in fitting if not self._is_beginning(c, left)] or fitting
        return max(fitting, key=lambda c: (c.end, c.end - c.start), default=None)

    def _is_beginning(self, cue: Cue, left: int) -> bool:
        """ "started after a fall": the event only says when the problem began."""
        if cue.name != "event":
            return False
        near = [i for i in range(max(left, cue.start - 3), cue.start) if self.words.among("beginnings", self.norms[i])]
        return bool(near) and any(c.name in _SYMPTOMATIC and left <= c.start < near[-1] for c in self.cues)

    def _first_after(self, span: TimeSpan, right: int, *, point: bool) -> Cue | None:
        skipped = _SKIPPED[True] if point else _SKIPPED_AFTER
        fitting = [c for c in self.cues if span.last <= c.start and c.end <= right and c.name not in skipped]
        return min(fitting, key=lambda c: (c.start, c.start - c.end), default=None)

    def _beside(self, span: TimeSpan, left: int, right: int, *, point: bool) -> Cue | None:
        """For a time in a clause of its own: the clause before it, or, at the start of a sentence, the one after."""
        before = TimeSpan(left - 1, left - 1, None, "") if left > 1 and self.norm(left - 1) not in _STOPS else None
        if before:
            cue = self._last_before(before, self.clause(before)[0], point=point)
            if cue:
                return cue
        if right + 1 >= len(self.norms) or self.norm(right) in _STOPS:
            return None
        return self._first_after(span, self._sentence_end(right), point=point)

    def _sentence_end(self, place: int) -> int:
        while place < len(self.norms) and self.norms[place] not in _STOPS:
            place += 1
        return place

    def _purpose_of(self, cue: Cue) -> str | None:
        """ "tablets for cramps": the time belongs to the tablets; "saw the doctor about": to the visit."""
        near = range(max(0, cue.start - PURPOSE_REACH), cue.start)
        if not any(self.words.among("purposes", self.norms[i]) for i in near):
            return None
        owners = [c.name for c in self.cues if c.name in ("treatment", "event") and c.end - 1 in near]
        return owners[-1] if owners else None
