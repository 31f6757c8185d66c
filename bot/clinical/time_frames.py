"""Sentences whose grammar says what a time is, whether or not the complaint's own words are known.

"Since 10 days", "they started when I was put on the pill 2 years ago", "third time in a month", "week three of this".
"""

from __future__ import annotations

from itertools import pairwise

from bot.clinical.time_context import MIN_NAME, SYMPTOMATIC, Cue, Role, TimeContext
from bot.clinical.time_phrases import TimeSpan

_OWNED_ELSEWHERE = frozenset({"treatment", "state", "habit", "event", "plan", "ended", "attack"})
PREGNANCY_FROM_WEEKS = 3
LATER_REACH = 3
STILL_REACH = 12
BEEN_REACH = 3


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
    if any(cue.name in SYMPTOMATIC and cue.end <= span.first for cue in cues):
        return True
    symptoms = any(cue.name in SYMPTOMATIC for cue in context.cues)
    if following == ["and", "still"] or following[:1] == ["since"] or context.opens_sentence(span, ":"):
        return symptoms
    told = context.told_before(span)
    if told is None:
        # "Third day", "day five now" after words that are not known; "week 6" alone is mostly of a treatment.
        plain = "now" in following or context.norms[span.first] not in context.words.units
        return context.stands_alone(span) and plain and context.clause(span)[0] > 1
    return context.stands_alone(span) and told.name in SYMPTOMATIC


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
    if context.norms[opener] == "when":
        return any(context.words.among("begun", norm) for norm in context.norms[max(0, opener - 2) : opener])
    before = [c for c in context.cues if start <= c.start and c.end <= opener and c.name != "intermittent"]
    before.sort(key=lambda cue: (cue.end, cue.start - cue.end))
    over = any(c.name in ("state", "ended") for c in before[-1:])
    return opener != start and not over and not context.words.sets["denials"] & {*context.norms[start:opener]}


def ever_since(span: TimeSpan, context: TimeContext) -> bool:
    """ "I moved here two years ago and have been tired ever since", "had dengue a month back, pains still there"."""
    reach = [*context.norms[span.last : span.last + STILL_REACH], "."]
    if any(context.words.among("goes_on", f"{one}_{two}") for one, two in pairwise(reach)):
        return True
    ill = any(context.words.among("illnesses", norm) for norm in context.clause_norms(span))
    return ("since", ".") in pairwise(reach) or (ill and "still" in reach)


def later_now(span: TimeSpan, context: TimeContext) -> bool:
    """ "Six weeks later it is a deep ache": told of the present; "3 weeks later I had the scan" is not."""
    if context.norm(span.last - 1) != "later":
        return False
    near = context.norms[max(0, span.first - 2) : span.first] + context.norms[span.last : span.last + LATER_REACH]
    return bool(context.words.sets["present"] & {*near})


def counted_in(span: TimeSpan, context: TimeContext) -> bool:
    """ "third time in a month", "lost 9 kilos in 3 months": the stretch up to now."""
    before = context.norms[max(0, span.first - 2) : span.first]
    left, _ = context.clause(span)
    if context.words.among("count_words", before[-1] if before else "") or before[-1:] == ["all"]:
        return True
    if any(
        two == "time" and context.words.among("counted_times", one)
        for one, two in pairwise(context.norms[left : span.first])
    ):
        return True
    if before[-1:] and before[-1] in context.words.numbers.exact:
        return before[0] in ("is", "'s", "that")
    named = [c for c in context.clause_cues(span) if c.end <= span.first and c.name != "ignored"]
    losing = any(context.words.among("losses", norm) for norm in context.clause_norms(span))
    losing = losing or bool(
        {("gone", "from"), ("went", "from"), ("gone", "down")} & {*pairwise(context.clause_norms(span))}
    )
    return losing and all(c.name == "symptom" for c in named[-1:])


def plain_since(span: TimeSpan, context: TimeContext) -> bool:
    """ "Since 10 days", "for the past ten days", "9 days and counting" with no other owner in the clause."""
    if not span.marks & {"since", "past", "now", "from"} or ("from" in span.marks and not span.counted):
        return False
    norms = context.clause_norms(span)
    if any(context.words.among("habits", norm) for norm in norms) or ("every", "day") in pairwise(norms):
        return False
    if any(context.words.among("being", one) and two in ("a", "an") for one, two in pairwise(norms)):
        return False  # "I am a teacher since 10 years"
    return not any(cue.name in _OWNED_ELSEWHERE for cue in context.clause_cues(span))


def fronted(span: TimeSpan, context: TimeContext) -> bool:
    """ "For two months I find ...", "from 4 months my legs are paining": the time belongs to what follows."""
    left, right = context.clause(span)
    opens = span.first - left <= 1 or (span.counted and bool(span.marks & {"from", "since"}))
    following = context.words.among("speakers", context.norm(span.last)) and right > span.last + 1
    return opens and following and bool(span.marks & {"for", "from", "since", "past"})


def still_there(span: TimeSpan, context: TimeContext) -> bool:
    """ "still in pain after a year", "after two months of this"."""
    starts = {c.start for c in context.cues if c.name in SYMPTOMATIC}
    if context.norm(span.last) == "of" and starts & {span.last, span.last + 1}:
        return True
    still = "still" in context.clause_norms(span)
    return still and any(c.name == "symptom" for c in context.clause_cues(span))


def goes_on_until(span: TimeSpan, context: TimeContext) -> bool:
    """ "been there a month", "been hopping a fortnight"."""
    left, _ = context.clause(span)
    near = context.norms[max(left, span.first - BEEN_REACH) : span.first]
    if "been" in near and not context.words.sets["determiners"] & {*near} and (span.days or 0) > 1:
        return True
    return any(cue.name == "persist" and cue.end == span.first for cue in context.cues)


def since_illness(span: TimeSpan, context: TimeContext) -> bool:
    """ "4 months since covid", "3 weeks post covid" with a symptom in the text."""
    near = context.norms[span.last : span.last + 3]
    ill = any(context.words.among("illnesses", norm) for norm in near)
    return ill and any(cue.name == "symptom" for cue in context.cues)


def of_symptom(span: TimeSpan, context: TimeContext) -> bool:
    """ "I blamed the tablet for two years of sore hips", "months of lying awake": what follows "of" owns the time."""
    if context.norm(span.last) != "of":
        return False
    following = [c for c in context.cues if span.last <= c.start <= span.last + 2]
    if any(cue.name in SYMPTOMATIC for cue in following):
        return True
    owned = any(cue.start == span.last + 1 or cue.name in ("treatment", "event") for cue in following)
    return not owned and context.norm(span.last + 1).endswith("ing")


def takes(span: TimeSpan, context: TimeContext) -> bool:
    """ "It takes an hour to get going", "took me 6 weeks to be seen": how long a thing takes."""
    before = context.norms[max(0, span.first - 2) : span.first]
    if before[-1:] and context.words.among("whom", before[-1]):
        before.pop()
    return bool(before) and context.words.among("taking", before[-1])


def might(span: TimeSpan, context: TimeContext) -> bool:
    """ "You may feel tired for a day or two": foretold."""
    left, _ = context.clause(span)
    before = context.norms[left : span.first]
    return bool({"may", "might"} & {*before}) or ("you", "can") in pairwise(before)


def of_a_name(span: TimeSpan, context: TimeContext) -> bool:
    """ "Two years of Xyz": a name in capitals after "of" is a brand unless it is a known complaint."""
    named = context.tokens[span.last + 1] if span.last + 1 < len(context.tokens) else None
    if context.norm(span.last) != "of" or named is None or len(named.text) < MIN_NAME:
        return False
    return named.text[0].isupper() and named.text[1:].islower() and not of_symptom(span, context)


def story_opens(span: TimeSpan, context: TimeContext) -> bool:
    """ "Ten days ago I had a drink and my cheek twitched": the event in between is not known to be one."""
    left, right = context.clause(span)
    if span.first - left > 1 or "ago" not in span.marks or context.norm(right) not in context.words.numbers.ands:
        return False
    after = TimeSpan(right + 1, right + 1, None, "")
    return not context.clause_cues(span) and any(c.name in SYMPTOMATIC for c in context.clause_cues(after))


def absent_so_long(span: TimeSpan, context: TimeContext) -> bool:
    """ "I have not had a seizure in 3 years": the symptom is denied; "can not sleep in 3 days" is one."""
    left, _ = context.clause(span)
    named = [c for c in context.clause_cues(span) if c.end <= span.first]
    return (
        bool(named) and named[-1].name == "symptom" and not named[-1].denied and context.negated(left, named[-1].start)
    )


def is_age(span: TimeSpan, context: TimeContext) -> bool:
    """ "I am 32 years", "32 years male"."""
    if span.unit not in ("year", "month", "week", "day") or span.marks - {"now"}:
        return False
    first = span.first
    while context.words.among("age_hedges", context.norm(first - 1)):
        first -= 1
    subject = (context.norm(first - 2), context.norm(first - 1))
    if context.words.among("grown_patients", subject[1]):
        return span.unit == "year"
    if context.words.among("patients", subject[1]) or (
        context.words.among("patients", subject[0]) and subject[1] == "("
    ):
        return True  # "my child 5 year has pain", "my girl (4 months)"
    if subject[1] in ("is", "was") and context.words.among("patients", subject[0]):
        return True
    if subject in (("he", "is"), ("she", "is")):
        return True
    if span.marks:
        return False
    return subject == ("i", "am") or context.words.among("sexes", context.norm(span.last))


def is_pregnancy(span: TimeSpan, context: TimeContext) -> bool:
    if span.unit != "week" or span.marks - {"since", "in", "after", "now"} or span.count <= PREGNANCY_FROM_WEEKS:
        return False
    return any(context.words.among("pregnancy_words", norm) for norm in context.norms)
