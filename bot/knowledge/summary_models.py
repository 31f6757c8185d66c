"""The shape of summary.yml: the words of the summary for a doctor."""

from __future__ import annotations

from bot.knowledge.models import Strict, Text


class AboutWords(Strict):
    """Whom it is about."""

    self: Text
    known: Text
    unknown: Text
    age: str
    age_months: str
    pregnancy: str


class FhirWords(Strict):
    """Texts inside the FHIR resources; ``codes``: the LOINC code of each test."""

    subject_self: Text
    subject_other: Text
    subject_unknown: Text
    groups: dict[str, Text]
    age: Text
    pregnancy: Text
    supplement: Text
    duration: Text
    severity: Text
    past: Text
    proposal: Text
    codes: dict[str, Text]


class SummaryWords(Strict):
    """summary.yml"""

    title: Text
    origin: Text
    about: AboutWords
    urgent: Text
    urgent_learned: Text
    headings: dict[str, Text]
    item: Text
    parts: str
    own_words: str
    place: Text
    side: dict[str, Text]
    side_alone: dict[str, Text]
    duration: Text
    days_ago: Text
    course: dict[str, Text]
    onset: dict[str, Text]
    severity: Text
    result: Text
    result_no_unit: Text
    result_names: dict[str, Text]
    test: Text
    code: str
    footer: Text
    fhir: FhirWords
