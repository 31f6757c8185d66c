"""The shapes of the knowledge files: unknown keys, wrong types and missing parts are refused."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConstrainedStr, Field

GradeId = Literal["E", "M", "L", "I", "N", "X"]
Verification = Literal["V", "Vs", "B", "U"]
LevelId = Literal["L0", "L1", "L2", "L3", "L4", "L5"]
TierId = Literal["T0", "T1", "T2", "T3", "T4"]
Weight = Literal["major", "moderate", "minor", "safety", "alarm"]


class Text(ConstrainedStr):
    """A text that is there; yes, no and numbers are no texts."""

    strict = True
    strip_whitespace = True
    min_length = 1


Ids = tuple[Text, ...]


class Strict(BaseModel):
    """Base of all: frozen, nothing unknown let in."""

    class Config:
        extra = "forbid"
        frozen = True


class Sourced(Strict):
    """Something that rests on sources; ``verification`` may not claim more than the best of them."""

    sources: list[Text] = Field(min_items=1)
    verification: Verification


class Source(Strict):
    """A reference. V: record or abstract seen; Vs: seen through a secondary page; B: background; U: unsure."""

    text: Text
    verification: Verification
    url: Text | None = None


class Grade(Strict):
    """How strong the link between a symptom and vitamin D is; ``sentence`` is what the user reads."""

    name: Text
    badge: Text
    sentence: Text


class Term(Strict):
    """A term of the Human Phenotype Ontology."""

    id: Text
    label: Text


class Concept(Sourced):
    """A symptom, its link with vitamin D and what else commonly causes it."""

    id: Text
    name: Text
    kind: Literal["linked", "alarm"]
    hpo: Term | None = None
    grade: GradeId
    line: Text
    other_causes: list[Text] = Field(min_items=2)
    commoner: list[Text] = Field(min_items=1)
    red_flags: Ids = ()


class ExposureInfo(Sourced):
    """Something that lowers vitamin D, explains symptoms by itself, or is a matter of safety.

    ``why``: the mechanism, for clinicians; ``line``: the same in plain words.
    """

    id: Text
    name: Text
    group: Text
    weight: Weight
    why: Text
    line: Text


class Watch(Strict):
    """When to get help, as the end of a sentence: "get help now if ..."."""

    now: Text | None = None
    same_day: Text | None = None


class RedFlagRule(Sourced):
    """``when`` in the rule language; ``say`` at the header's level, ``advice`` after another level's words."""

    id: Text
    level: LevelId
    title: Text
    when: Text
    say: Text
    advice: Text | None = None
    watch: Watch = Watch()
    why: Text
    basis: Text


class UnitInfo(Strict):
    """``factor``: what one of this unit is in the unit of the rules."""

    names: list[Text] = Field(min_items=1)
    factor: float


class NoUnit(Strict):
    """A number without unit that can only be one of the units: at most ``up_to`` it is read with ``factor``."""

    up_to: float
    factor: float
    above: float | None = None


class Lab(Strict):
    """A laboratory value that rules may name, and how to get at its unit."""

    tests: list[Text] = Field(min_items=1)
    nmol_per_l: bool = False
    units: tuple[UnitInfo, ...] = ()
    no_unit: NoUnit | None = None


class Notation(Strict):
    """macros.yml: what all rules share."""

    macros: dict[str, Text]
    signs: dict[str, Text]
    body: dict[str, Ids]
    past_counts: Ids
    implied_ages: dict[str, float]
    labs: dict[str, Lab]


class Cause(Sourced):
    """A cause other than vitamin D; ``exposures``, ``signs`` and ``findings`` make it likely for ``concepts``.

    ``clues``: the same as people say it, for a clinician to read.
    """

    id: Text
    name: Text
    clues: Ids
    concepts: Ids
    exposures: Ids = ()
    signs: Ids = ()
    findings: Ids = ()
    ask: Text


class LevelInfo(Strict):
    """What an action level says, and the level one below (a "not sure")."""

    say: Text
    below: LevelId


class SafetyNet(Strict):
    """Frames around the watch sentences; ``most`` of each kind are shown."""

    now: Text
    same_day: Text
    always: Text
    joiner: Text
    most: int = Field(ge=1)


class RedFlagFile(Strict):
    """red_flags.yml"""

    levels: dict[LevelId, LevelInfo]
    learned: Text
    learned_why: Text
    safety_net: SafetyNet
    rules: list[RedFlagRule] = Field(min_items=1)


class GradeFile(Strict):
    """grades.yml"""

    grades: dict[GradeId, Grade]
    background_note: Text


class ConceptFile(Strict):
    concepts: list[Concept] = Field(min_items=1)


class ExposureFile(Strict):
    exposures: list[ExposureInfo] = Field(min_items=1)


class CauseFile(Strict):
    causes: list[Cause] = Field(min_items=1)


class SourceFile(Strict):
    sources: dict[str, Source]
