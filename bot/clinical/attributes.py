"""Duration, onset, course and severity, tied to the findings of the same sentence."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from bot.clinical.durations import TimeExpression
from bot.clinical.lexicon import Term
from bot.clinical.matcher import Match
from bot.clinical.patterns import BREAKS
from bot.reading import Course, Duration, Finding, Onset

NEAR = 14  # tokens between a finding and the words that tell its onset or course
_SEVERITY = re.compile(r"\b(10|\d)\s*(?:/|out of)\s*10\b")


def sentences_of(norms: Sequence[str]) -> list[tuple[int, int]]:
    """For each token the bounds of its sentence; the mark that ends a sentence belongs to it, but stands outside."""
    bounds: list[tuple[int, int]] = []
    for position, norm in enumerate(norms):
        if norm in BREAKS:
            bounds += [(len(bounds), position)] * (position + 1 - len(bounds))
    return bounds + [(len(bounds), len(norms))] * (len(norms) - len(bounds))


ONSETS = ("sudden", "hours_days", "gradual")  # of several told in one sentence the most urgent counts


def onset_of(matches: Sequence[Match], start: int, end: int, sentence: tuple[int, int]) -> str | None:
    """How the symptom at tokens ``[start, end)`` of ``sentence`` began."""
    if not matches:
        return None
    told = {
        name: nearest(
            [m for m in matches if isinstance(m.meaning, Term) and m.meaning.name == name], start, end, sentence
        )
        for name in ONSETS
    }
    return next((name for name in ONSETS if told[name]), None)


def nearest(matches: Sequence[Match], start: int, end: int, sentence: tuple[int, int]) -> str | None:
    """Name of the cue nearest to tokens ``[start, end)`` in the same sentence; ``matches`` in text order."""
    if not matches:
        return None
    low, high = sentence
    best: tuple[int, str] | None = None
    for match in matches[bisect_left(matches, low, key=_start) : bisect_left(matches, high, key=_start)]:
        if isinstance(match.meaning, Term):
            distance = max(match.start - end, start - match.end, 0)
            if distance <= NEAR and (best is None or distance < best[0]):
                best = (distance, match.meaning.name)
    return best[1] if best else None


def _start(match: Match) -> int:
    return match.start


def severity(text: str) -> int | None:
    """A score out of ten, when the text gives one."""
    found = _SEVERITY.search(text)
    return int(found.group(1)) if found else None


def with_course(finding: Finding, *, onset: Onset | None, course: Course | None, score: int | None) -> Finding:
    """``finding`` with what its sentence says about how it began and goes."""
    if finding.status not in ("present", "other"):
        return finding
    return replace(finding, onset=onset or finding.onset, course=course or finding.course, severity=score)


def with_durations(findings: Sequence[Finding], durations: Sequence[Duration], text: str) -> tuple[Finding, ...]:
    """Each finding with the duration of its sentence; the only duration of a text counts for all in it."""
    return tuple(_timed(finding, durations, text) for finding in findings)


def _timed(finding: Finding, durations: Sequence[Duration], text: str) -> Finding:
    if finding.status not in ("present", "other") or not durations:
        return finding
    near = [d for d in durations if not _BREAK.search(text[min(d.end, finding.end) : max(d.start, finding.start)])]
    chosen = near or (list(durations) if len(durations) == 1 else [])
    if not chosen:
        return finding
    closest = min(chosen, key=lambda d: max(d.start - finding.end, finding.start - d.end, 0))
    return replace(finding, duration_days=closest.days)


def days_ago(start: int, end: int, times: Sequence[TimeExpression], text: str) -> float | None:
    """Days since the thing at characters ``[start, end)`` happened or ended: the nearest such time in its sentence."""
    near = [
        t for t in times
        if t.days is not None and (t.role == "event_ago" or t.kind == "ago")
        and not _BREAK.search(text[min(t.end, end) : max(t.start, start)])
    ]  # fmt: skip
    if not near:
        return None
    return min(near, key=lambda t: max(t.start - end, start - t.end, 0)).days


_BREAK = re.compile(r"[.!?;\n]\s")
