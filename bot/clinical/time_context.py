"""What a time in a text belongs to: the cues around it (symptom, treatment ...) and the clauses they stand in."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.clinical.matcher import longest
from bot.clinical.time_phrases import TimeSpan
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
PASSING_REACH = 4
# Shorter words in capitals are no brand names.
MIN_NAME = 4
NEGATIONS = frozenset({"not", "no", "never", "hardly", "barely", "without"})
ABSENCES = frozenset({"no", "without", "any"})
# Frames that a time in a clause of its own may have and still be of what was told before it.
_ALONE = frozenset({"now", "for", "past", "since", "over", "from", "ago", "stretch"})
SYMPTOMATIC = frozenset({"symptom", "onset", "persist"})
_ROLES: dict[str, Role] = {"treatment": "treatment", "event": "event_ago", "ended": "event_ago", "attack": "attack",
                           "state": "state", "habit": "state", "plan": "future"}  # fmt: skip
# Cues that a finding hides when it shares their words.
_WORDLY = frozenset({"treatment", "ended"})
# Cues that can own no point in time, and none of the times before them.
_SKIPPED = {
    True: frozenset({"intermittent", "ignored", "state", "habit"}),
    False: frozenset({"intermittent", "ignored", "event"}),
}
_SKIPPED_AFTER = frozenset({"intermittent", "ignored"})
STOPS = frozenset({".", "!", "?", "\n", ";"})


@dataclass(frozen=True)
class Cue:
    start: int
    end: int
    name: str
    denied: bool = False


class TimeContext:
    """The cues of one text and its clauses."""

    def __init__(
        self,
        tokens: Sequence[Token],
        words: TimeWords,
        findings: Iterable[Finding],
        spans: Sequence[TimeSpan],
        exposures: Sequence[tuple[int, int]] = (),
    ) -> None:
        self._exposures = exposures
        self.tokens = tokens
        self.words = words
        self.norms = [token.norm for token in tokens]
        self.counts = sum("nth" in span.marks for span in spans)
        self._words_told = sum(token.is_word for token in tokens)
        self._points = {span.first for span in spans if "deictic" in span.marks and (span.days or 0) >= 1}
        self._ends = {span.last for span in spans}
        self._inside = {place for span in spans for place in range(span.first, span.last)}
        self.cues = self._cues(findings)

    def norm(self, place: int) -> str:
        return self.norms[place] if 0 <= place < len(self.norms) else ""

    def _cues(self, findings: Iterable[Finding]) -> list[Cue]:
        matches = longest(m for m in self.words.cues.find(self.norms) if m.start not in self._inside)
        cues = {(m.start, m.end): self._cue(m.start, m.end, str(m.meaning)) for m in reversed(matches)}
        starts = [token.start for token in self.tokens]
        for finding in findings:
            first, last = bisect_left(starts, finding.start), bisect_left(starts, finding.end)
            if first < last and finding.concept:
                inside = [at for at, cue in cues.items() if cue.name in _WORDLY and first < at[1] and at[0] < last]
                for at in inside:
                    del cues[at]  # "can not put weight on it" is no treatment
                name = "state" if finding.status == "absent" else "symptom"
                cues[first, last] = Cue(first, last, name)
        ending = tuple(self.words.sets["medicine_endings"])
        for place, norm in enumerate(self.norms):
            if len(norm) >= 7 and norm.endswith(ending) and (place, place + 1) not in cues:
                cues[place, place + 1] = Cue(place, place + 1, "treatment")
            if self.norm(place - 1) == "on" and self._is_brand(place) and (place, place + 1) not in cues:
                cues[place, place + 1] = Cue(place, place + 1, "treatment")
        return sorted(cues.values(), key=lambda cue: (cue.start, cue.end))

    def _cue(self, start: int, end: int, name: str) -> Cue:
        named = self._named(start, name)
        return Cue(start, end, named, denied=name == "state" and named == "symptom")

    def _named(self, start: int, name: str) -> str:
        """A denied habit is a complaint ("can not sleep"), a denied complaint is none ("no pain")."""
        before = self.norms[max(0, start - 2) : start]
        if name == "state" and NEGATIONS & {*before}:
            return "symptom"
        if name == "symptom" and before[-1:] and before[-1] in ABSENCES:
            return "state"
        if name == "event" and ((before[-1:] and before[-1] in ABSENCES) or "like" in before):
            return "ignored"  # "no injury"; "like a broken blind" is a picture
        return name

    def _is_brand(self, place: int) -> bool:
        """ "I am on Xyz": a name in capitals, the word behind "on", that somebody is on."""
        text = self.tokens[place].text
        on_it = self.words.among("being_on", self.norm(place - 2))
        named = len(text) >= MIN_NAME and text[0].isupper() and text[1:].islower()
        return on_it and named and not self.words.among("weekdays", self.norms[place])

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

    def symptom_follows(self, span: TimeSpan) -> bool:
        _, right = self.clause(span)
        return any(c.name in SYMPTOMATIC and span.last <= c.start < right for c in self.cues)

    def sentence(self, span: TimeSpan) -> tuple[int, int]:
        """Token limits of the sentence in which the time stands."""
        left = span.first
        while left > 0 and self.norms[left - 1] not in STOPS:
            left -= 1
        return left, self._sentence_end(span.last)

    def opens_sentence(self, span: TimeSpan, mark: str) -> bool:
        """ "Day 3: ..."."""
        return self.sentence(span)[0] == span.first and self.norm(span.last) == mark

    def negated(self, start: int, end: int) -> bool:
        return bool(NEGATIONS & {*self.norms[start:end]})

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
        return (
            self._words_told - told <= limit
            and not self._exposures
            and not any(cue.name in _ROLES for cue in self.cues)
        )

    def negated_clause(self, span: TimeSpan) -> bool:
        """ "have not slept in 3 days"."""
        left, _ = self.clause(span)
        return self.negated(left, span.first)

    def precedes_a_time(self, span: TimeSpan) -> bool:
        return span.last in self._points

    def follows_a_time(self, span: TimeSpan) -> bool:
        return span.first in self._ends

    def stands_alone(self, span: TimeSpan) -> bool:
        """The clause holds nothing but the time: "..., 2.5 weeks", "Ten months."."""
        left, right = self.clause(span)
        rest = self.norms[left : span.first] + self.norms[span.last : right]
        return all(self.words.among("alone_with", norm) for norm in rest)

    def told_before(self, span: TimeSpan) -> Cue | None:
        """The cue that a time in a clause of its own adds to: "tender when I lean on a chair, few weeks"."""
        left, _ = self.clause(span)
        opener = self.clause(TimeSpan(left - 1, left - 1, None, ""))[0] - 1 if left > 1 else -1
        passing = self.words.among("passing_openers", self.norm(opener))
        wanted = {"symptom", "onset", "persist", "treatment", "ended"} | (set() if passing else {"state", "event"})
        told = (c for c in self.cues if c.end <= left and c.name in wanted and not self._in_passing(c))
        return max(told, key=lambda c: c.end, default=None)

    def _in_passing(self, cue: Cue) -> bool:
        """ "After sitting cross-legged": a state or event that only says when."""
        if cue.name not in ("state", "event"):
            return False
        near = self.norms[max(0, cue.start - PASSING_REACH) : cue.start]
        return self.words.among("passing_words", self.norm(cue.start - 1)) or bool({"since", "after", "when"} & {*near})

    def attached(self, span: TimeSpan, *, point: bool) -> Role:
        """What the time belongs to; a ``point`` in time can belong to an event, a stretch of time cannot."""
        if self._told_alone(span):
            return "duration"
        left, right = self.clause(span)
        if "since_then" in span.marks and span.last < right:
            event = self._first_after(span, right, point=True)
            if event is None and any(cue.name == "symptom" for cue in self.cues):
                return "duration"
            return self._of(event, span)
        cue = self._last_before(span, left, point=point) or self._first_after(span, right, point=point)
        if cue is None and any(left <= first and last <= right for first, last in self._exposures):
            return "state"
        if cue is None and right - left - (span.last - span.first) <= 1:
            cue = self._beside(span, left, right, point=point)
        return self._of(cue, span)

    def _told_alone(self, span: TimeSpan) -> bool:
        """ "..., 2.5 weeks": of what was told before, known words or not, unless that is a treatment or is over."""
        if span.marks - _ALONE or not self.stands_alone(span):
            return False
        before = self.told_before(span)
        if "ago" in span.marks and "is" in self.clause_norms(span):
            return False  # "but that's years ago"
        if before is None:
            if "ago" in span.marks:
                return "still" in self.norms[span.last : span.last + PURPOSE_REACH]
            return not self.cues or self.clause(span)[0] > 1
        return before.name in SYMPTOMATIC or ("since" in span.marks and before.name not in ("treatment", "ended"))

    def _of(self, cue: Cue | None, span: TimeSpan) -> Role:
        if cue is None:
            told = (
                "lifelong" in span.marks or self._bare_statement(span) or self.norm(span.last) in self.words.numbers.ofs
            )
            return "duration" if told else "other"
        owner = self._purpose_of(cue) if cue.name == "symptom" else None
        if owner == "treatment" or (owner == "event" and span.marks & {"ago", "deictic"}):
            return _ROLES[owner]
        if cue.name == "onset" and self._treatment_starts(cue):
            return "treatment"
        return _ROLES.get(cue.name, "duration")

    def _treatment_starts(self, cue: Cue) -> bool:
        """ "after the medicine for TB started 40 days back"."""
        left, _ = self.clause(TimeSpan(cue.start, cue.start, None, ""))
        before = [c.name for c in self.cues if left <= c.start and c.end <= cue.start]
        told = self.words.among("told_subjects", self.norm(cue.start - 1))
        return before[-1:] == ["treatment"] and "symptom" not in before and not told

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
        return bool(near) and any(c.name in SYMPTOMATIC and left <= c.start < near[-1] for c in self.cues)

    def _first_after(self, span: TimeSpan, right: int, *, point: bool) -> Cue | None:
        skipped = _SKIPPED[True] if point else _SKIPPED_AFTER
        fitting = [c for c in self.cues if span.last <= c.start and c.end <= right and c.name not in skipped]
        return min(fitting, key=lambda c: (c.start, c.start - c.end), default=None)

    def _beside(self, span: TimeSpan, left: int, right: int, *, point: bool) -> Cue | None:
        """For a time in a clause of its own: the clause before it, or, at the start of a sentence, the one after."""
        before = TimeSpan(left - 1, left - 1, None, "") if left > 1 and self.norm(left - 1) not in STOPS else None
        if before:
            cue = self._last_before(before, self.clause(before)[0], point=point)
            if cue:
                return cue
        if right + 1 >= len(self.norms) or self.norm(right) in STOPS:
            return None
        return self._first_after(span, self._sentence_end(right), point=point)

    def _sentence_end(self, place: int) -> int:
        while place < len(self.norms) and self.norms[place] not in STOPS:
            place += 1
        return place

    def _purpose_of(self, cue: Cue) -> str | None:
        """ "tablets for cramps": the time belongs to the tablets; "saw the doctor about": to the visit."""
        left, _ = self.clause(TimeSpan(cue.start, cue.start, None, ""))
        near = range(max(left, cue.start - PURPOSE_REACH), cue.start)
        if not any(self.words.among("purposes", self.norms[i]) for i in near):
            return None
        owners = [c.name for c in self.cues if c.name in ("treatment", "event") and c.end - 1 in near]
        return owners[-1] if owners else None
