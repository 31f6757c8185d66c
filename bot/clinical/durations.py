"""How long the problem has lasted, and what every other time in a text stands for.

A time is a duration of the problem when the nearest words it can belong to name a symptom, its onset or its
going on; times of a treatment, an event, one attack, an age, a pregnancy, a habit or the future are told apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.clinical.time_context import Role, TimeContext
from bot.clinical.time_spans import TimeSpan, find_time_spans
from bot.clinical.time_words import time_words
from bot.clinical.tokens import Token
from bot.reading import Duration, Finding

# A length under half a day is one attack unless something says that the problem has gone on so long.
ATTACK_BELOW_DAYS = 0.5


@dataclass(frozen=True)
class TimeExpression:
    """A time in the text: ``days`` long or ago (None for a date), what it stands for, and how it is framed."""

    start: int
    end: int
    span: str
    days: float | None
    role: Role
    kind: str


def find_durations(tokens: Sequence[Token], text: str, findings: Iterable[Finding] = ()) -> tuple[Duration, ...]:
    """How long the problem has lasted, in days: every such time in text order.

    ``findings`` help to tell what a time belongs to. Kinds: for, since, ago, intermittent, lifelong. "Since March"
    has no number of days without a calendar and is left out.
    """
    return durations_among(time_expressions(tokens, text, findings))


def durations_among(times: Iterable[TimeExpression]) -> tuple[Duration, ...]:
    """Those of the times that say how long the problem has lasted."""
    return tuple(
        Duration(found.span, found.start, found.end, found.days, found.kind)
        for found in times
        if found.role == "duration" and found.days is not None
    )


def time_expressions(
    tokens: Sequence[Token], text: str, findings: Iterable[Finding] = ()
) -> tuple[TimeExpression, ...]:
    """Every time in the text with what it stands for."""
    words = time_words()
    spans = find_time_spans(tokens, words)
    if not spans:
        return ()
    context = TimeContext(tokens, words, findings, spans)
    return tuple(_expression(span, context, text) for span in spans)


def _expression(span: TimeSpan, context: TimeContext, text: str) -> TimeExpression:
    start, end = context.tokens[span.first].start, context.tokens[span.last - 1].end
    role = _role(span, context)
    days = None if span.days is None else round(span.days, 3)
    return TimeExpression(start, end, text[start:end], days, role, _kind(span, context))


def _kind(span: TimeSpan, context: TimeContext) -> str:
    if "lifelong" in span.marks:
        return "lifelong"
    if any(cue.name == "intermittent" for cue in context.clause_cues(span)):
        return "intermittent"
    if "since" in span.marks:
        return "since"
    return "ago" if span.marks & {"ago", "deictic", "relative", "before"} else "for"


def _role(span: TimeSpan, context: TimeContext) -> Role:
    plain = _plain_role(span, context)
    if plain:
        return plain
    if "nth" in span.marks:
        return context.counted_through(span)
    if context.is_answer(span, short=_is_attack(span, context)):
        return "duration"
    return _role_of_point(span, context) or _role_of_stretch(span, context)


def _role_of_point(span: TimeSpan, context: TimeContext) -> Role | None:
    """What a time counted from an event belongs to; None for a stretch of time."""
    marks = span.marks
    if span.unit == "weekday" and "deictic" in marks:
        return "duration" if any(cue.name == "onset" for cue in context.clause_cues(span)) else "event_ago"
    if marks & {"ago", "deictic"}:
        return context.attached(span, point=True)
    if marks & {"relative", "after", "since_then"} and context.since_illness(span):
        return "duration"
    if marks & {"relative", "after"} and "for" not in marks:
        return "duration" if context.still_there(span) else "event_ago"
    return context.attached(span, point=True) if "before" in marks else None


def _role_of_stretch(span: TimeSpan, context: TimeContext) -> Role:
    if _is_attack(span, context):
        return "attack"
    short = span.days is not None and span.days <= 1
    if "stretch" in span.marks and short and "been" not in context.clause_norms(span):
        return "frequency"
    if not span.counted and not span.marks and not context.goes_on_until(span):
        return "frequency"
    return context.attached(span, point=False)


def _plain_role(span: TimeSpan, context: TimeContext) -> Role | None:
    """Roles that the words right beside the time settle."""
    marks, after = span.marks, context.norm(span.last)
    if "age" in marks or context.is_age(span):
        return "age"
    if "pregnancy" in marks or context.is_pregnancy(span):
        return "pregnancy"
    if marks & {"every", "each"}:
        return "frequency"
    if "next" in marks or ("in" in marks and "past" not in marks and not context.negated_clause(span)):
        return "future"
    if context.words.among("attributive_treatment", after):
        return "treatment"
    if context.words.among("attributive_other", after):
        return "other"
    return "duration" if context.words.among("attributive_duration", after) else None


def _is_one_day(span: TimeSpan) -> bool:
    """ "For one day", "one morning": over, unless it is the past one."""
    return span.unit in ("day", "night") and span.days == 1 and not span.marks - {"for", "relative"} and span.counted


def _is_attack(span: TimeSpan, context: TimeContext) -> bool:
    if "attack" in span.marks or _is_one_day(span):
        return True
    if span.days is None or span.days >= ATTACK_BELOW_DAYS or span.marks & {"past", "now", "since", "stretch"}:
        return False
    return not any(cue.name == "persist" for cue in context.clause_cues(span))
