"""The summary for a doctor: what was told, and the tests that follow from the rules, as plain text and as FHIR."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.fhir import bundle_of
from bot.knowledge import load
from bot.knowledge.assess import Assessment, assess
from bot.knowledge.gate import IU_PER_MICROGRAM
from bot.knowledge.reasons import time_of
from bot.knowledge.summary_models import SummaryWords
from bot.reading import Exposure, Finding, LabResult, Profile, Reading, RedFlag
from bot.talk import Talk

NOW = ("present", "other")
MONTHS_BELOW_YEARS = 2.0


@dataclass(frozen=True)
class Summary:
    """``text``: to be read and printed; ``fhir``: a FHIR R4 Bundle as JSON-ready values."""

    text: str
    fhir: dict[str, Any]

    def payload(self) -> dict[str, Any]:
        """The ``custom`` payload and the answer of the web channel."""
        return {"type": "summary", "text": self.text, "fhir": self.fhir}


def summary_of(talk: Talk, written: datetime) -> Summary | None:
    """The summary of a talk, None if nothing was told. ``written``: when, with a time zone."""
    case = talk.case
    statuses = {finding.status for finding in case.findings} | {exposure.status for exposure in case.exposures}
    if not (statuses - {"hypothetical"} or case.lab_results):
        return None
    flag = RedFlag.from_dict(talk.red_flag) if talk.red_flag else None
    assessment = _assessment(case) if talk.is_ready and flag is None else None
    text = "\n".join(_lines(case, assessment, flag, written, load().summary))
    return Summary(text, bundle_of(case, assessment, written))


def _assessment(case: Reading) -> Assessment:
    return assess(case.findings, case.exposures, case.profile, signs=case.signs, lab_results=case.lab_results)


def _lines(
    case: Reading, assessment: Assessment | None, flag: RedFlag | None, written: datetime, words: SummaryWords
) -> Iterator[str]:
    head = words.headings
    yield words.title
    yield words.origin.format(date=written.date().isoformat())
    yield _about(case.profile, words)
    if flag is not None:
        urgent = words.urgent_learned if flag.learned else words.urgent
        yield urgent.format(level=flag.level, title=load().red_flags[flag.id].title)
    yield from _listed(head["present"], (_finding(f, words) for f in case.findings if f.status in NOW), words)
    yield from _listed(head["absent"], (_finding(f, words) for f in case.findings if f.status == "absent"), words)
    yield from _listed(head["past"], (_finding(f, words) for f in case.findings if f.status == "past"), words)
    yield from _listed(head["exposures"], (_exposure(e, words) for e in case.exposures if e.status in NOW), words)
    past = (_exposure(e, words) for e in case.exposures if e.status == "past")
    yield from _listed(head["exposures_past"], past, words)
    if (taken := case.profile.supplement_iu_day) is not None:
        yield head["supplement"].format(iu=f"{taken:,.0f}", micrograms=f"{round(taken / IU_PER_MICROGRAM, 1):,.10g}")
    yield from _listed(head["results"], (_result(result, words) for result in case.lab_results), words)
    yield from _tests(assessment, flag, words)
    yield words.footer


def _tests(assessment: Assessment | None, flag: RedFlag | None, words: SummaryWords) -> Iterator[str]:
    head = words.headings
    if flag is not None:
        return
    if assessment is None:
        yield head["unfinished"]
    elif not assessment.ask_list:
        yield head["no_test"]
    else:
        yield head["tests"]
        for test in assessment.ask_list:
            code = words.fhir.codes.get(test.id)
            yield words.test.format(name=test.name, why=test.why, code=words.code.format(code=code) if code else "")


def _listed(heading: str, items: Iterable[str], words: SummaryWords) -> Iterator[str]:
    texts = [words.item.format(text=text) for text in items]
    if texts:
        yield heading
        yield from texts


def _about(profile: Profile, words: SummaryWords) -> str:
    about = words.about
    who = about.known.format(relation=profile.relation) if profile.relation else about.unknown
    text = about.self if profile.about == "self" else who
    if profile.age is not None:
        months = profile.age < MONTHS_BELOW_YEARS
        text += (
            about.age_months.format(age=round(profile.age * 12)) if months else about.age.format(age=f"{profile.age:g}")
        )
    if profile.pregnancy_weeks is not None:
        text += about.pregnancy.format(weeks=f"{profile.pregnancy_weeks:g}")
    return text


def _finding(item: Finding, words: SummaryWords) -> str:
    name = load().concepts[item.concept].name if item.concept in load().concepts else item.concept
    units = load().ladder.reasons
    parts = [
        name,
        words.place.format(place=where) if (where := place_of(item, words)) else "",
        "" if item.duration_days is None else words.duration.format(time=time_of(item.duration_days, units)),
        "" if item.days_ago is None else words.days_ago.format(time=time_of(item.days_ago, units)),
        words.onset.get(item.onset or "", ""),
        words.course.get(item.course or "", ""),
        "" if item.severity is None else words.severity.format(severity=item.severity),
    ]
    return words.parts.join(part for part in parts if part) + _own(item.span, words)


def place_of(item: Finding, words: SummaryWords) -> str:
    """Where, in words: "left calf"; empty if it was not told."""
    where = words.parts.join(item.body)
    if item.side is None:
        return where
    return words.side[item.side].format(place=where) if where else words.side_alone[item.side]


def _exposure(item: Exposure, words: SummaryWords) -> str:
    name = load().exposures[item.exposure].name if item.exposure in load().exposures else item.exposure
    return name + _own(item.span, words)


def _own(span: str, words: SummaryWords) -> str:
    return words.own_words.format(span=span) if span else ""


def _result(item: LabResult, words: SummaryWords) -> str:
    frame = words.result_no_unit if item.unit is None else words.result
    return frame.format(name=words.result_names.get(item.test, item.test), value=f"{item.value:g}", unit=item.unit)
