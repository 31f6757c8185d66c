"""All knowledge files, read, checked against one another and compiled: a mistake names its file and line."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, TypeVar

from bot.knowledge import claim_checks, claim_models, lab_models, ladder_models, models
from bot.knowledge.claims import ClaimIndex
from bot.knowledge.conventions import conventions_of, vocabulary_of
from bot.knowledge.evaluation import Conventions, Test, compiled
from bot.knowledge.intake_models import IntakeFile, check_intake
from bot.knowledge.rule_index import RuleIndex
from bot.knowledge.rules import parse_condition, parse_rule
from bot.knowledge.strict_yaml import Document, read
from bot.knowledge.summary_models import SummaryWords
from bot.knowledge.syntax import LEVELS, Clause, RuleError, Vocabulary

DATA = Path(__file__).with_name("data")
VERIFICATION_ORDER = ("U", "B", "Vs", "V")
TIERS = ("T0", "T1", "T2", "T3", "T4")
ANYWHERE = "general"  # where no country was named

FILES = {
    "concepts": "concepts.yml",
    "exposures": "exposures.yml",
    "rules": "red_flags.yml",
    "causes": "other_causes.yml",
    "tests": "testing.yml",
    "bands": "testing.yml",
    "answers": "answers.yml",
    "claims": "claims.yml",
}

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Knowledge:
    """The evidence base. Mappings are by id and in file order."""

    sources: Mapping[str, models.Source]
    grades: Mapping[str, models.Grade]
    background_note: str
    concepts: Mapping[str, models.Concept]
    exposures: Mapping[str, models.ExposureInfo]
    notation: models.Notation
    red_flags: Mapping[str, models.RedFlagRule]
    levels: Mapping[str, models.LevelInfo]
    learned: str
    learned_why: str
    safety_net: models.SafetyNet
    ladder: ladder_models.Ladder
    testing: lab_models.Testing
    causes: tuple[models.Cause, ...]
    answers: Mapping[str, claim_models.Answer]
    exposure_kinds: Mapping[str, models.Ids]
    claims: Mapping[str, claim_models.Claim]
    verdicts: Mapping[str, str]
    claim_index: ClaimIndex
    intake: IntakeFile
    summary: SummaryWords
    vocabulary: Vocabulary
    conventions: Conventions
    red_flag_index: RuleIndex
    tier_index: RuleIndex
    discounts: tuple[tuple[str, Test], ...]
    notes: tuple[tuple[ladder_models.Note, Test], ...]
    supplement: tuple[tuple[ladder_models.SupplementAdvice, Test], ...]
    first_direct_question: Test
    bundle_conditions: Mapping[str, Test]


@lru_cache(maxsize=4)
def load(folder: Path = DATA) -> Knowledge:
    """Everything under ``folder``; raises KnowledgeError (file, line, what) for the first thing that is wrong."""
    files = {path.name: read(path) for path in sorted(folder.glob("*.yml"))}
    return _Assembly(files, folder).knowledge()


class _Assembly:
    def __init__(self, files: Mapping[str, Document], folder: Path) -> None:
        self.files, self.folder = files, folder

    def file(self, name: str) -> Document:
        return self.files.get(name) or read(self.folder / name)

    def knowledge(self) -> Knowledge:
        sources = self.file("sources.yml").parsed(models.SourceFile).sources
        grades = self.file("grades.yml").parsed(models.GradeFile)
        all_concepts = self.file("concepts.yml").parsed(models.ConceptFile).concepts
        concepts = self._by_id("concepts.yml", all_concepts, "concepts")
        all_exposures = self.file("exposures.yml").parsed(models.ExposureFile).exposures
        exposures = self._by_id("exposures.yml", all_exposures, "exposures")
        notation = self.file("macros.yml").parsed(models.Notation)
        flags = self.file("red_flags.yml").parsed(models.RedFlagFile)
        rules = self._by_id("red_flags.yml", flags.rules, "rules")
        ladder = self.file("tiers.yml").parsed(ladder_models.Ladder)
        testing = self.file("testing.yml").parsed(lab_models.Testing)
        causes = self.file("other_causes.yml").parsed(models.CauseFile).causes
        answer_file = self.file("answers.yml").parsed(claim_models.AnswerFile)
        answers = self._by_id("answers.yml", answer_file.answers, "answers", "topic")
        claim_file = self.file("claims.yml").parsed(claim_models.ClaimFile)
        claims = self._by_id("claims.yml", claim_file.claims, "claims")
        claim_words = self.file("claim_words.yml").parsed(claim_models.ClaimWords)
        intake = self.file("intake.yml").parsed(IntakeFile)
        summary = self.file("summary.yml").parsed(SummaryWords)
        tests = {test.id for test in testing.tests}
        self._require(self.file("summary.yml"), summary.fhir.codes, tests, "test", "fhir", "codes")
        words = vocabulary_of(concepts, exposures, notation, ladder)
        conventions = conventions_of(notation, ladder)
        known = {"concepts": concepts, "exposures": exposures, "rules": rules, "causes": causes, "claims": claims}
        self._check_sources(sources, known | {"tests": testing.tests, "bands": testing.bands, "answers": answers})
        scales = [(("results", "scales", place), scale) for place, scale in enumerate(testing.results.scales)]
        for path, item in [*scales, (("results", "calcium"), testing.results.calcium)]:
            self._require(self.file("testing.yml"), item.sources, sources, "source", *path, "sources")
        ids = {*concepts, *exposures}
        claim_checks.check_words(self.file("claim_words.yml"), claim_words, ids)
        claim_checks.check_claims(self.file("claims.yml"), claim_file, answers, claim_words, ids)
        claim_checks.check_answers(self.file("answers.yml"), answer_file, exposures)
        self._check_concepts(concepts, grades.grades, rules)
        self._check_ids(ladder, testing, causes, concepts, exposures)
        self._check_causes(causes, concepts, notation.signs)
        self._check_advice(ladder, sources)
        condition = partial(self._condition, words, conventions)
        check_intake(self.file("intake.yml"), intake, words, frozenset(rules))
        return Knowledge(
            sources=sources,
            grades=dict(grades.grades.items()),
            background_note=grades.background_note,
            concepts=concepts,
            exposures=exposures,
            notation=notation,
            red_flags=rules,
            levels=dict(flags.levels.items()),
            learned=flags.learned,
            learned_why=flags.learned_why,
            safety_net=flags.safety_net,
            ladder=ladder,
            testing=testing,
            causes=tuple(causes),
            answers=answers,
            exposure_kinds=dict(answer_file.kinds.items()),
            claims=claims,
            verdicts=claim_file.verdicts,
            claim_index=ClaimIndex(tuple(claim_file.claims), claim_words, claim_file.practical),
            intake=intake,
            summary=summary,
            vocabulary=words,
            conventions=conventions,
            red_flag_index=self._index("red_flags.yml", rules.values(), words, conventions, {*LEVELS, "ASK"}),
            tier_index=self._index("tiers.yml", ladder.rules, words, conventions, set(TIERS)),
            discounts=tuple(
                (item.concept, condition("tiers.yml", item.when, "discounts", place, "when"))
                for place, item in enumerate(ladder.discounts)
            ),
            notes=tuple(
                (note, condition("tiers.yml", note.when, "notes", place, "when"))
                for place, note in enumerate(ladder.notes)
            ),
            supplement=tuple(
                (item, condition("tiers.yml", item.when, "supplement", place, "when"))
                for place, item in enumerate(ladder.supplement)
            ),
            first_direct_question=condition(
                "intake.yml", intake.direct_question.first_if, "direct_question", "first_if"
            ),
            bundle_conditions={
                bundle.id: condition("intake.yml", bundle.when, "bundles", place, "when")
                for place, bundle in enumerate(intake.bundles)
                if bundle.when is not None
            },
        )

    def _by_id(self, file: str, items: Iterable[Any], part: str, key: str = "id") -> dict[str, Any]:
        by_id: dict[str, Any] = {}
        for place, item in enumerate(items):
            name = getattr(item, key)
            if name in by_id:
                raise self.file(file).error(f"{name} stands twice", part, place)
            by_id[name] = item
        return by_id

    def _check_sources(self, sources: Mapping[str, models.Source], parts: Mapping[str, Any]) -> None:
        for part, items in parts.items():
            document = self.file(FILES[part])
            for place, item in enumerate(items.values() if isinstance(items, dict) else items):
                self._require(document, item.sources, sources, "source", part, place, "sources")
                best = max(VERIFICATION_ORDER.index(sources[name].verification) for name in item.sources)
                if VERIFICATION_ORDER.index(item.verification) > best:
                    what = f"verification {item.verification} is stronger than its sources"
                    raise document.error(what, part, place, "verification")

    def _check_concepts(
        self, concepts: Mapping[str, models.Concept], grades: Collection[str], rules: Collection[str]
    ) -> None:
        document = self.file("concepts.yml")
        for place, concept in enumerate(concepts.values()):
            path = ("concepts", place)
            self._require(document, [concept.grade], grades, "grade", *path, "grade")
            claim_checks.check_strength(document, concept.grade, concept.verification, *path, "grade")
            self._require(document, concept.red_flags, rules, "red-flag rule", *path, "red_flags")
            self._require(document, concept.commoner, concept.other_causes, "other cause", *path, "commoner")

    def _check_ids(
        self,
        ladder: ladder_models.Ladder,
        testing: lab_models.Testing,
        causes: Collection[models.Cause],
        concepts: Collection[str],
        exposures: Collection[str],
    ) -> None:
        tiers = self.file("tiers.yml")
        for name, members in ladder.sets.items():
            if name.startswith(("t1_", "t2_", "t4_", "no_tier")):
                self._require(tiers, members, {*concepts, *exposures}, "id", "sets", name)
        for place, group in enumerate(ladder.count_once):
            self._require(tiers, group, exposures, "exposure", "count_once", place)
        for part in ("not_counted", "infant_own"):
            self._require(tiers, getattr(ladder, part), exposures, "exposure", part)
        self._require(tiers, ladder.dose_limits.values(), ladder.thresholds, "threshold", "dose_limits")
        self._require(tiers, TIERS, ladder.tiers, "tier", "tiers")
        listed: dict[str, Iterable[lab_models.BloodTest | models.Cause]] = {"tests": testing.tests, "causes": causes}
        for part, entries in listed.items():
            document = self.file(FILES[part])
            for place, entry in enumerate(entries):
                self._require(document, entry.concepts, concepts, "concept", part, place, "concepts")
                self._require(document, entry.exposures, exposures, "exposure", part, place, "exposures")

    def _check_causes(
        self, causes: Collection[models.Cause], concepts: Collection[str], signs: Collection[str]
    ) -> None:
        document = self.file("other_causes.yml")
        for place, cause in enumerate(causes):
            self._require(document, cause.signs, signs, "sign", "causes", place, "signs")
            self._require(document, cause.findings, concepts, "concept", "causes", place, "findings")

    def _check_advice(self, ladder: ladder_models.Ladder, sources: Collection[str]) -> None:
        document = self.file("tiers.yml")
        self._require(document, ladder.gate.sources, sources, "source", "gate", "sources")
        for place, advice in enumerate(ladder.supplement):
            self._require(document, advice.sources, sources, "source", "supplement", place, "sources")
            if ANYWHERE not in advice.say:
                raise document.error(f"no advice for {ANYWHERE}", "supplement", place, "say")

    @staticmethod
    def _require(document: Document, names: Iterable[str], known: Collection[str], what: str, *path: Any) -> None:
        for place, name in enumerate(names):
            if name not in known:
                raise document.error(f"unknown {what} {name}", *path, place)

    def _index(
        self, file: str, rules: Iterable[Any], words: Vocabulary, conventions: Conventions, outcomes: set[str]
    ) -> RuleIndex:
        allowed = Vocabulary(**{**vars(words), "outcomes": frozenset(outcomes)})
        ready: list[tuple[str, tuple[Clause, ...]]] = []
        for place, rule in enumerate(rules):
            clauses = self._parsed(lambda text: parse_rule(text, allowed), rule.when, file, "rules", place, "when")
            ready.append((rule.id, clauses))
        return RuleIndex.of(ready, conventions)

    def _condition(self, words: Vocabulary, conventions: Conventions, file: str, text: str, *path: Any) -> Test:
        return compiled(self._parsed(lambda when: parse_condition(when, words), text, file, *path), conventions)

    def _parsed(self, parse: Callable[[str], T], text: str, file: str, *path: Any) -> T:
        try:
            return parse(text)
        except RuleError as problem:
            raise self.file(file).error(f"rule: {problem}", *path) from problem
