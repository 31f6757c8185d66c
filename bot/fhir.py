"""What was told as a FHIR R4 Bundle, built and checked with ``fhir.resources``.

R4B of that library has the same Bundle, Observation, QuestionnaireResponse and ServiceRequest as R4. It checks
structure, types, cardinalities and choices; codes of required value sets are checked here (``wrong_codes``), other
terminology is not.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from fhir.resources.core.fhirabstractmodel import FHIRAbstractModel
from fhir.resources.R4B.bundle import Bundle

from bot.knowledge import load
from bot.knowledge.assess import Assessment
from bot.knowledge.labs import CALCIUM_TEST, VITAMIN_D_TEST
from bot.knowledge.summary_models import FhirWords
from bot.reading import Exposure, Finding, LabResult, Profile, Reading

HPO, LOINC = "http://human-phenotype-ontology.org", "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
UNITS = {"ng/mL": "ng/mL", "nmol/L": "nmol/L", "mmol/L": "mmol/L", "mg/dL": "mg/dL", "mEq/L": "meq/L"}  # ours: UCUM
RESULT_CODES = {CALCIUM_TEST: CALCIUM_TEST, VITAMIN_D_TEST: VITAMIN_D_TEST, "magnesium": "magnesium", "pth": "pth"}
NAMESPACE = uuid.UUID("6f1d2a52-6d5e-4a55-9c0b-6f2d1b9b1c11")  # of this program's entries, so that they never change
STATED = ("present", "other", "absent", "past")
NOW = ("present", "other")
Json = dict[str, Any]


def bundle_of(case: Reading, assessment: Assessment | None, written: datetime) -> Json:
    """A collection of what was told: a QuestionnaireResponse, an Observation for each finding and result, and, for each
    test that the rules suggest, a ServiceRequest with intent proposal. Raises ValueError if FHIR would refuse it."""
    subject = {"display": _subject(case.profile, load().summary.fhir)}
    when = written.isoformat(timespec="seconds")
    observations = [*_observations(case, subject, when)]
    resources = [_response(case, assessment, subject, when), *observations]
    resources += _requests(assessment, case, subject, when)
    entries = [{"fullUrl": _url(place, item), "resource": item} for place, item in enumerate(resources)]
    bundle = Bundle.parse_obj({"resourceType": "Bundle", "type": "collection", "timestamp": when, "entry": entries})
    if wrong := [*wrong_codes(bundle)]:
        raise ValueError(f"not in a required value set: {', '.join(wrong)}")
    plain: Json = json.loads(bundle.json())
    return plain


def wrong_codes(model: FHIRAbstractModel) -> Iterator[str]:
    """Names of the fields below ``model`` whose code is not in the value set that FHIR requires."""
    for name, field in model.__fields__.items():
        value = getattr(model, name, None)
        allowed = field.field_info.extra.get("enum_values")
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, FHIRAbstractModel):
                yield from wrong_codes(item)
            elif item is not None and allowed and item not in allowed:
                yield f"{model.resource_type}.{name}"


def _subject(profile: Profile, words: FhirWords) -> str:
    if profile.about == "self":
        return words.subject_self
    return words.subject_other.format(relation=profile.relation) if profile.relation else words.subject_unknown


def _url(place: int, resource: Json) -> str:
    return uuid.uuid5(NAMESPACE, f"{place} {resource['resourceType']}").urn


def _response(case: Reading, assessment: Assessment | None, subject: Json, when: str) -> Json:
    words = load().summary.fhir
    symptoms = [_answer(f.concept, _name(f), f) for f in case.findings if f.status in STATED]
    exposures = [_answer(e.exposure, _exposure_name(e), e) for e in case.exposures if e.status in STATED]
    groups = {"symptoms": symptoms, "exposures": exposures, "profile": [*_profile(case.profile, words)]}
    items = [{"linkId": name, "text": words.groups[name], "item": found} for name, found in groups.items() if found]
    return {
        "resourceType": "QuestionnaireResponse",
        "status": "in-progress" if assessment is None else "completed",
        "subject": subject,
        "authored": when,
        **({"item": items} if items else {}),
    }


def _answer(link: str, text: str, item: Finding | Exposure) -> Json:
    """Whether it is there, with the person's own words under it."""
    there: Json = {"valueBoolean": item.status in NOW}
    if item.span:
        there["item"] = [{"linkId": f"{link}-words", "answer": [{"valueString": item.span}]}]
    return {"linkId": link, "text": text, "answer": [there]}


def _profile(profile: Profile, words: FhirWords) -> Iterator[Json]:
    told = {
        "age": (words.age, profile.age),
        "pregnancy": (words.pregnancy, profile.pregnancy_weeks),
        "supplement": (words.supplement, profile.supplement_iu_day),
    }
    for link, (text, value) in told.items():
        if value is not None:
            yield {"linkId": link, "text": text, "answer": [{"valueDecimal": value}]}


def _observations(case: Reading, subject: Json, when: str) -> Iterator[Json]:
    for finding in case.findings:
        if finding.status in STATED:
            yield _finding(finding, subject, when)
    for result in case.lab_results:
        yield _result(result, subject, when)


def _finding(item: Finding, subject: Json, when: str) -> Json:
    words = load().summary.fhir
    observation = {
        **_observation("survey", subject, when),
        "code": _concept(item),
        "valueBoolean": item.status in NOW,
        "component": [*_components(item, words)],
        "note": [{"text": text} for text in (item.span, words.past if item.status == "past" else "") if text],
    }
    if item.body or item.side:
        observation["bodySite"] = {"text": " ".join([item.side or "", ", ".join(item.body)]).strip()}
    return {key: value for key, value in observation.items() if value != []}


def _observation(category: str, subject: Json, when: str) -> Json:
    return {
        "resourceType": "Observation",
        "status": "preliminary",
        "category": [{"coding": [{"system": CATEGORY, "code": category}]}],
        "subject": subject,
        "issued": when,
    }


def _concept(item: Finding) -> Json:
    info = load().concepts.get(item.concept)
    coding = [{"system": HPO, "code": info.hpo.id, "display": info.hpo.label}] if info and info.hpo else []
    return {**({"coding": coding} if coding else {}), "text": _name(item)}


def _components(item: Finding, words: FhirWords) -> Iterator[Json]:
    if item.duration_days is not None:
        days = {"value": item.duration_days, "unit": "d", "system": UCUM, "code": "d"}
        yield {"code": {"text": words.duration}, "valueQuantity": days}
    if item.severity is not None:
        yield {"code": {"text": words.severity}, "valueInteger": item.severity}


def _result(item: LabResult, subject: Json, when: str) -> Json:
    words = load().summary
    code = words.fhir.codes.get(RESULT_CODES.get(item.test, ""))
    coding = {"coding": [{"system": LOINC, "code": code}]} if code and _fits(item) else {}
    unit = UNITS.get(item.unit or "")
    quantity = {"value": item.value, **({"unit": item.unit} if item.unit else {})}
    return {
        **_observation("laboratory", subject, when),
        "code": {**coding, "text": words.result_names.get(item.test, item.test)},
        "valueQuantity": {**quantity, **({"system": UCUM, "code": unit} if unit else {})},
    }


def _fits(item: LabResult) -> bool:
    """Codes are those of mass concentrations: a result in moles, or without a unit, is told by its name only."""
    return item.unit in ("ng/mL", "mg/dL", "pg/mL")


def _requests(assessment: Assessment | None, case: Reading, subject: Json, when: str) -> Iterator[Json]:
    words = load().summary.fhir
    reasons = [{"text": _name(f)} for f in case.findings if f.status in NOW]
    for test in assessment.ask_list if assessment else ():
        code = words.codes.get(test.id)
        request = {
            "resourceType": "ServiceRequest",
            "status": "draft",
            "intent": "proposal",
            "code": {**({"coding": [{"system": LOINC, "code": code}]} if code else {}), "text": test.name},
            "subject": subject,
            "authoredOn": when,
            "reasonCode": reasons,
            "note": [{"text": words.proposal}],
        }
        yield {key: value for key, value in request.items() if value != []}


def _name(item: Finding) -> str:
    info = load().concepts.get(item.concept)
    return info.name if info else item.concept


def _exposure_name(item: Exposure) -> str:
    info = load().exposures.get(item.exposure)
    return info.name if info else item.exposure
