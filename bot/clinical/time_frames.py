"""Sentences whose grammar says what a time is, whether or not the complaint's own words are known.

"Since 10 days", "they started when I was put on the pill 2 years ago", "third time in a month", "week three of this".
"""

from __future__ import annotations

from itertools import pairwise

from bot.clinical.time_context import SYMPTOMATIC, Cue, Role, TimeContext
from bot.clinical.time_phrases import TimeSpan

# Words of the present: "six weeks later it is a deep ache".
_PRESENT = frozenset({"is", "am", "are", "still", "'s", "has", "have", "can", "can_not", "now"})
_OWNED_ELSEWHERE = frozenset({"treatment", "state", "plan", "ended", "attack"})
LATER_REACH = 3
STILL_REACH = 12


def counted_through(span: TimeSpan, context: TimeContext) -> Role:
    """ "Day 9 and still positive", "week three of this": of the illness, unless it is counted from something else."""
    before = context.norms[max(0, span.first - 2) : span.first]
    on_the_way = before[-1:] and context.words.among("nth_after", before[-1]) and before != ["am", "at"]
    if on_the_way or (before[-1:] == ["on"] and before[:1] not in (["is"], ["am"], ["now"], ["still"])):
        return "other"
    cues = context.clause_cues(span)
    if any(cue.name == "treatment" for cue in cues):
        return "treatment"
    if context.counts > 1:
        return "other"  # a diary: "Day 1: chills. Day 2: fever."
    return "duration" if _counts_the_illness(span, context, cues) else "other"


def _counts_the_illness(span: TimeSpan, context: TimeContext, cues: list[Cue]) -> bool:
    following = context.norms[span.last : span.last + 2]
    if following[:1] == ["of"]:
        started = [c for c in context.cues if span.last < c.start <= span.last + 3]
        return following[-1] in ("this", "it", "me") or any(c.name in SYMPTOMATIC for c in started)
    if any(cue.name in SYMPTOMATIC and (cue.end <= span.first or cue.start <= span.last + 1) for cue in cues):
        return True
    symptoms = any(cue.name in SYMPTOMATIC for cue in context.cues)
    if following == ["and", "still"] or following[:1] == ["since"] or context.opens_sentence(span, ":"):
        return symptoms
    told = context.told_before(span)
    return context.stands_alone(span) and told is not None and told.name in SYMPTOMATIC


def come_so_far(span: TimeSpan, context: TimeContext) -> Role:
    """ "MS, 8 years in": of the illness, unless a treatment was named last."""
    before = [c for c in context.cues if c.end <= span.first and c.name in SYMPTOMATIC | {"treatment", "event"}]
    if before and before[-1].name != "treatment" and span.days and span.days >= 1:
        return "duration"
    return "treatment" if before and before[-1].name == "treatment" else "other"


def since_event(span: TimeSpan, context: TimeContext) -> bool:
    """ "Sore since they put me on it 6 weeks ago": the time in a clause of "since" or "when" is when it began."""
    start, _ = context.sentence(span)
    openers = [i for i in range(start, span.first) if context.words.among("since_openers", context.norms[i])]
    if not openers or context.norms[openers[-1]] == "after" or openers[-1] == span.first - 1:
        return False
    opener = openers[-1]
    before = [c for c in context.cues if start <= c.start and c.end <= opener and c.name != "intermittent"]
    if context.norms[opener] == "when":
        return bool(before) and before[-1].name == "onset"
    if opener == start:
        return False
    return all(c.name not in ("state", "ended") for c in before[-1:]) and not context.negated(start, opener)


def ever_since(span: TimeSpan, context: TimeContext) -> bool:
    """ "I moved here two years ago and have been tired ever since"."""
    reach = context.norms[span.last : span.last + STILL_REACH]
    return any(context.words.among("goes_on", f"{one}_{two}") for one, two in pairwise(reach))


def later_now(span: TimeSpan, context: TimeContext) -> bool:
    """ "Six weeks later it is a deep ache": told of the present; "3 weeks later I had the scan" is not."""
    if context.norm(span.last - 1) != "later":
        return False
    near = context.norms[max(0, span.first - 2) : span.first] + context.norms[span.last : span.last + LATER_REACH]
    return bool(_PRESENT & {*near})


def counted_in(span: TimeSpan, context: TimeContext) -> bool:
    """ "third time in a month", "lost 9 kilos in 3 months": the stretch up to now."""
    before = context.norms[max(0, span.first - 2) : span.first]
    if context.words.among("count_words", before[-1] if before else ""):
        return True
    if before[-1:] and before[-1] in context.words.numbers.exact:
        return before[0] in ("is", "'s", "that")
    named = [c for c in context.clause_cues(span) if c.end <= span.first]
    losing = any(context.words.among("losses", norm) for norm in context.clause_norms(span))
    return losing and bool(named) and named[-1].name == "symptom"


def plain_since(span: TimeSpan, context: TimeContext) -> bool:
    """ "Since 10 days", "for the past ten days", "9 days and counting" with no other owner in the clause."""
    if not span.marks & {"since", "past", "now", "from"} or ("from" in span.marks and not span.counted):
        return False
    if any(context.words.among("habits", norm) for norm in context.clause_norms(span)):
        return False
    return not any(cue.name in _OWNED_ELSEWHERE for cue in context.clause_cues(span))


def fronted(span: TimeSpan, context: TimeContext) -> bool:
    """ "For two months I find ...", "from 4 months my legs are paining": the time belongs to what follows."""
    left, right = context.clause(span)
    opens = span.first - left <= 1 or "from" in span.marks
    following = context.words.among("speakers", context.norm(span.last)) and right > span.last + 1
    return opens and following and bool(span.marks & {"for", "from", "since", "past"})
