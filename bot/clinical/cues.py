"""The cues of one text, looked up by name and place."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence

from bot.clinical.lexicon import Term
from bot.clinical.matcher import Match
from bot.clinical.patterns import BREAKS

CUE_WORDS = 8  # tokens that a cue itself may be long
ASKED_WORDS = 3  # "is not it", "do not you"
ASKED_REACH = 6  # words between a question's verb and the symptom asked about
PSEUDO_WORDS = 12  # and a wording that only looks like a cue


class Cues:
    """Cues, terminators and question words found in a row of norms.

    ``mentions``: token spans of the words of symptoms and exposures. A "not" inside them ("can't walk far")
    belongs to them and denies nothing behind them.
    """

    def __init__(
        self,
        norms: Sequence[str],
        matches: Sequence[Match],
        mentions: Sequence[tuple[int, int]],
        sentences: Sequence[tuple[int, int]],
        questions: Mapping[str, Sequence[str]],
    ) -> None:
        self.norms, self._sentences, self._questions = norms, sentences, questions
        self.mentioned = {position for start, end in mentions for position in range(start, end)}
        found: dict[str, list[Match]] = {}
        for match in matches:
            meaning = match.meaning
            assert isinstance(meaning, Term)
            if meaning.kind not in ("cue", "terminator", "question"):
                continue
            if meaning.name.startswith("past") or meaning.name.endswith("pseudo") or not self._inside_mention(match):
                found.setdefault(meaning.name, []).append(match)
        self._found = found
        self._starts = {name: [cue.start for cue in cues] for name, cues in found.items()}
        self._stops = {cue.start for cue in found.get("terminator", ())}

    def _inside_mention(self, match: Match) -> bool:
        return match.length <= 2 and self.mentioned.issuperset(range(match.start, match.end))

    def between(self, name: str, first: int, last: int) -> list[Match]:
        """Cues of that name that start at tokens ``first`` to ``last``, in text order."""
        starts = self._starts.get(name)
        return self._found[name][bisect_left(starts, first) : bisect_right(starts, last)] if starts else []

    def before(self, name: str, start: int, reach: int) -> list[Match]:
        """Cues that end at most ``reach`` tokens before token ``start``, the nearest first."""
        near = self.between(name, start - reach - CUE_WORDS, start)
        return [cue for cue in reversed(near) if cue.end <= start <= cue.end + reach]

    def inside(self, name: str, start: int, end: int) -> list[Match]:
        """Cues that stand in the gap of a wording: "my hair used to fall out"."""
        return [cue for cue in self.between(name, start + 1, end) if cue.end < end]

    def covers(self, name: str, cue: Match, *, longer: bool = False) -> bool:
        """Whether ``cue`` lies inside a (longer) cue of that name."""
        return any(
            other.start <= cue.start and cue.end <= other.end and (other.length > cue.length or not longer)
            for other in self.between(name, cue.start - PSEUDO_WORDS, cue.start)
        )

    def ends_clause(self, position: int) -> bool:
        """Whether a sentence ends, or "but" and its like stand, at the token."""
        return self.norms[position] in BREAKS or position in self._stops

    def same_clause(self, begin: int, end: int) -> bool:
        """Whether nothing ends the clause between two tokens."""
        return not any(self.ends_clause(position) for position in range(begin, end))

    def asked(self, position: int) -> bool:
        """Whether the sentence around the token opens with a question word ("don't" opens none)."""
        start, _ = self._sentences[position]
        return any(self.norms[m.end : m.end + 1] != ("not",) for m in self.between("question", start, start))

    def asks_in_general(self, position: int) -> bool:
        """Whether the sentence asks about the symptom at the token as such: "Is itchy skin a reason to stop it?"."""
        first, last = self._sentences[position]
        between = self.norms[first + 1 : position]
        opened = self.norms[first] in self._questions["general"] and self.norms[last : last + 1] == ("?",)
        return opened and set(self._questions["pointing"]).isdisjoint(between) and len(between) <= ASKED_REACH

    def only_asks(self, denial: Match) -> bool:
        """Whether a "not" makes a question : "Isn't tiredness a symptom?", "Don't you ...?"."""
        first, last = self._sentences[denial.start]
        opener, *following = self.norms[first : first + ASKED_WORDS]
        if self.norms[last : last + 1] != ("?",) or denial.start > first + 1 or following[:1] != ["not"]:
            return False
        asks = self._questions
        return opener in asks["inverted"] and (
            opener not in asks["with_subject"] or following[-1] in asks["asked_people"]
        )
