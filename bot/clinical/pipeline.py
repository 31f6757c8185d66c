"""Text in, ``Reading`` out: the one public entry to the clinical ring."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import cast, get_args

from bot.clinical.attributes import days_ago, nearest, onset_of, sentences_of, severity, with_course, with_durations
from bot.clinical.context import Assertion, Context
from bot.clinical.countries import find_country
from bot.clinical.doses import supplement_iu_day
from bot.clinical.durations import TimeExpression, durations_among, time_expressions
from bot.clinical.lab_results import find_lab_results
from bot.clinical.lexicon import AgeBand, Lexicon, load_lexicon
from bot.clinical.matcher import Match, longest
from bot.clinical.mentions import Mention, MentionFinder, term, without_traps
from bot.clinical.profile import find_profile
from bot.clinical.raiser import Raiser, load_raiser
from bot.clinical.tokens import Token, tokenize
from bot.knowledge.red_flags import red_flags
from bot.reading import Course, Exposure, Finding, Onset, Profile, Reading, Side, Sign, Status

STATUSES = frozenset(get_args(Status))


@dataclass(frozen=True)
class _Page:
    """One text while it is being read."""

    text: str
    tokens: tuple[Token, ...]
    norms: tuple[str, ...]
    matches: list[Match]
    sentences: Sequence[tuple[int, int]]
    score: int | None

    @cached_property
    def by_kind(self) -> dict[str, list[Match]]:
        """Matches of each kind in text order."""
        kinds: dict[str, list[Match]] = {}
        for match in self.matches:
            kinds.setdefault(term(match).kind, []).append(match)
        return kinds

    def span(self, start: int, end: int) -> tuple[str, int, int]:
        """Words and character offsets of tokens ``[start, end)``."""
        first, last = self.tokens[start].start, self.tokens[end - 1].end
        return self.text[first:last], first, last

    def words(self, tokens: tuple[int, int] | None) -> str | None:
        return self.span(*tokens)[0] if tokens else None


class Reader:
    """Reads texts with one set of word lists."""

    def __init__(self, lexicon: Lexicon, raiser: Raiser | None) -> None:
        self.lexicon = lexicon
        self._mentions = MentionFinder(lexicon)
        self._raiser = raiser

    def read(self, text: str) -> Reading:
        """Everything ``text`` says; the red flags are those that this text alone sets off."""
        norms, spans, reading = self.read_tokens(text)
        if self._raiser is None:
            return reading
        return replace(reading, red_flags=self._raiser.raised(norms, spans, text, reading))

    def read_tokens(self, text: str) -> tuple[tuple[str, ...], list[tuple[int, int]], Reading]:
        """The words as they were read, their character offsets, and what the word lists and rules say."""
        tokens = tokenize(text)
        norms = tuple(self.lexicon.speller.correct(token.norm) for token in tokens)
        matches = without_traps(self.lexicon.matcher.find(norms), self.lexicon.feelings)
        page = _Page(text, tokens, norms, matches, sentences_of(norms), severity(text))
        mentions = self._mentions.find(norms, page.by_kind, page.sentences)
        others = _others(page)
        # The words of signs are wide and overlap those of symptoms: a "not" among them denies as anywhere else.
        spoken = [m for m in others if term(m).kind == "exposure" and term(m).status != "absent"]
        words = [(m.start, m.end) for m in mentions] + [(m.start, m.end) for m in spoken]
        context = Context(self.lexicon, norms, page.matches, words, page.sentences)
        found = [self._finding(page, context, m) for m in mentions if context.is_patient(m.start)]
        exposed = [(m.start, m.end) for m in others if term(m).kind == "exposure"]
        times = time_expressions(tokens, text, found, exposed)
        durations = durations_among(times)
        findings = tuple(_ended(f, times, text) for f in with_durations(found, durations, text))
        profile = replace(
            find_profile(tokens, text),
            supplement_iu_day=supplement_iu_day(tokens, text),
            country=find_country(tokens),
        )
        reading = Reading(
            findings=findings,
            durations=durations,
            exposures=_with_age(_exposures(page, context, others, times), profile, self.lexicon.age_bands),
            signs=_signs(page, context, others),
            lab_results=find_lab_results(tokens, text),
            profile=profile,
        )
        return norms, [(token.start, token.end) for token in tokens], replace(reading, red_flags=red_flags(reading))

    def _finding(self, page: _Page, context: Context, mention: Mention) -> Finding:
        judged = _judged(context, mention.start, mention.end, mention.status, span_end=mention.span[1])
        judged = _denied_within(judged, mention.denied)
        span, start, end = page.span(*mention.span)
        finding = Finding(
            concept=mention.concept, span=span, start=start, end=end, status=judged.status, body=mention.body,
            side=cast("Side | None", mention.side), cue=page.words(judged.cue),
        )  # fmt: skip
        sentence = page.sentences[mention.start]
        onset = onset_of(page.by_kind.get("onset", []), mention.start, mention.end, sentence)
        course = nearest(page.by_kind.get("course", []), mention.start, mention.end, sentence)
        return with_course(finding, onset=cast(Onset, onset), course=cast(Course, course), score=page.score)


def _denied_within(judged: Assertion, denied: int | None) -> Assertion:
    """A "not" in the gap of a wording denies it: "his legs are not bowed"."""
    if denied is None or judged.status not in ("present", "other"):
        return judged
    return Assertion("absent", (denied, denied + 1))


def _others(page: _Page) -> list[Match]:
    """Exposures and signs; a longer wording hides a shorter one of its own kind only."""
    signs: dict[str, list[Match]] = {}
    for match in page.by_kind.get("sign", []):
        signs.setdefault(term(match).name, []).append(match)
    found = longest(page.by_kind.get("exposure", []))
    for group in signs.values():
        # Safety first: a wording without a "not" in its gap stands against one with it.
        found += longest([match for match in group if match.denied is None] or group)
    return found


def _judged(
    context: Context, start: int, end: int, status: str | None, *, disease: bool = False, span_end: int | None = None
) -> Assertion:
    """The context's judgement, or the status that the wording itself carries ("alcohol-free")."""
    if status == "present":
        # The wording itself says whose it is: "my mum had rickets" is the writer's family history.
        return Assertion()
    judged = context.judge(start, end, disease=disease, span_end=span_end)
    if status in STATUSES and judged.status in ("present", "other"):
        return Assertion(cast(Status, status), (start, end))
    return judged


def _ended(finding: Finding, times: Sequence[TimeExpression], text: str) -> Finding:
    """A past finding with how long ago it was."""
    if finding.status != "past":
        return finding
    return replace(finding, days_ago=days_ago(finding.start, finding.end, times, text))


def _exposures(
    page: _Page, context: Context, matches: Sequence[Match], times: Sequence[TimeExpression]
) -> tuple[Exposure, ...]:
    found: dict[tuple[str, str], Exposure] = {}
    for match in matches:
        if term(match).kind != "exposure":
            continue
        judged = _judged(context, match.start, match.end, term(match).status, disease=True)
        if judged.status == "past" and term(match).lasting:
            judged = Assertion()
        span, start, end = page.span(match.start, match.end)
        exposure = Exposure(term(match).name, span, start, end, judged.status, page.words(judged.cue))
        exposure = replace(exposure, days_ago=days_ago(start, end, times, page.text))
        found = _settled(found, exposure)
    return tuple(found.values())


def _settled(found: dict[tuple[str, str], Exposure], new: Exposure) -> dict[tuple[str, str], Exposure]:
    """``found`` with one more exposure; of two readings of the same words one holds."""
    overlapping = [e for e in found.values() if e.exposure == new.exposure and e.start < new.end and new.start < e.end]
    same = [e for e in overlapping if (e.start, e.end) == (new.start, new.end)]
    if new.status == "absent" and len(overlapping) > len(same):
        return found  # "not been out in the sun for months": the denial is part of what is told
    if any(e.status == "absent" for e in same):
        return found  # two wordings of the same words: the denied one holds
    if new.status == "absent":
        found = {key: e for key, e in found.items() if e not in same}
    found.setdefault((new.exposure, new.status), new)
    return found


def _with_age(found: tuple[Exposure, ...], profile: Profile, bands: Sequence[AgeBand]) -> tuple[Exposure, ...]:
    """With the exposures that an age given as a number makes; one that words give to somebody else is not one's own."""
    if profile.age is None:
        return found
    status: Status = "present" if profile.about == "self" else "other"
    told = {e.exposure for e in found if e.status == status or status == "present"}
    fitting = [band.exposure for band in bands if band.low <= profile.age < band.high and band.exposure not in told]
    return (*found, *(Exposure(exposure, status=status) for exposure in fitting))


def _signs(page: _Page, context: Context, matches: Sequence[Match]) -> tuple[Sign, ...]:
    found: dict[tuple[str, str], Sign] = {}
    for match in matches:
        if term(match).kind != "sign":
            continue
        judged = _judged(context, match.start, match.end, term(match).status)
        if judged.status == "past" and term(match).lasting:
            judged = Assertion()
        judged = _denied_within(judged, match.denied)
        span, start, end = page.span(match.start, match.end)
        found.setdefault((term(match).name, judged.status), Sign(term(match).name, span, start, end, judged.status))
    return tuple(found.values())


@lru_cache(maxsize=1)
def _reader() -> Reader:
    reader = Reader(load_lexicon(), load_raiser())
    gc.freeze()  # the word lists live as long as the process: the collector need not walk them while a text is read
    return reader


def read(text: str) -> Reading:
    """Read ``text`` with the word lists shipped with the package."""
    return _reader().read(text)
