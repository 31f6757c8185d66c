"""The shape of intake.yml: which questions are asked, their options, and what tapping one says."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Literal

from pydantic import Field, validator

from bot.knowledge.models import Ids, Strict, Text
from bot.knowledge.strict_yaml import Document
from bot.knowledge.syntax import Vocabulary
from bot.reading import About, Course, Onset, Side

SLOTS_OF_MAIN = frozenset({"duration_days", "body", "side", "onset", "course"})


class Attributes(Strict):
    """What is said about a finding."""

    body: Ids = ()
    side: Side | None = None
    onset: Onset | None = None
    course: Course | None = None
    duration_days: float | None = None
    severity: int | None = None


class AddedFinding(Attributes):
    """A finding that a tap adds; ``of_main`` names what it takes over from the main complaint."""

    concept: Text
    of_main: Ids = ()

    @validator("of_main", each_item=True)
    def _is_slot(cls, name: str) -> str:  # noqa: N805
        if name not in SLOTS_OF_MAIN:
            raise ValueError(f"unknown slot {name}")
        return name


class AddedProfile(Strict):
    """What a tap says about whom the talk is about."""

    age: float | None = None
    about: About | None = None


class OptionInfo(Strict):
    """One thing to tap. ``asks``: the follow-up question it calls for; ``sets_off``: the rule whose own
    phrasing the title is; ``span``: words to keep with the exposures it adds; ``about``: for whom it
    is shown (everybody if empty); ``shown``: false for one that is only understood when typed."""

    id: Text
    title: Text
    aliases: Ids = ()
    findings: tuple[AddedFinding, ...] = ()
    signs: Ids = ()
    exposures: Ids = ()
    span: str = ""
    main: Attributes | None = None
    profile: AddedProfile | None = None
    sets_off: Text | None = None
    asks: Text | None = None
    about: tuple[About, ...] = ()
    none: bool = False
    shown: bool = True


class QuestionInfo(Strict):
    """A question; ``options`` for tap-lists. ``none`` and ``unsure`` options are added where wanted. ``short``: how it
    is asked when it returns after an interruption."""

    id: Text
    slot: Text
    kind: Literal["choice", "multi", "open"]
    text: Text
    short: Text | None = None
    options: tuple[OptionInfo, ...] = ()
    with_none: bool = False


class Bundle(QuestionInfo):
    """The red-flag bundle of one kind of complaint; ``instead``: asked in place of the complaint's own."""

    complaints: Ids = ()
    when: Text | None = None
    instead: bool = False


class Feeling(Strict):
    """What can be felt in a place: ``concept``, but ``at`` some places another; ``words`` mean it in a short answer."""

    id: Text
    title: Text
    concept: Text
    at: Mapping[Text, Text] = {}
    words: Ids


class FeelingQuestion(Strict):
    """What is felt in a place that was named alone; ``places``: the words for each part of the body."""

    id: Text
    slot: Text
    kind: Literal["choice"]
    text: Text
    short: Text
    places: Mapping[Text, Ids]
    options: tuple[Feeling, ...]


class Location(QuestionInfo):
    """Where the main complaint is; asked only for ``concepts``."""

    concepts: Ids


class Whom(QuestionInfo):
    """Whom the talk is about; ``named_title``: the option for the other person when the relation is known."""

    named_title: Text


class DirectQuestion(QuestionInfo):
    """The direct question of rule ``rule``; asked before everything else while ``first_if`` holds."""

    rule: Text
    first_if: Text


class AgeQuestion(QuestionInfo):
    """How old; ``about``: for whom this list of bands is."""

    about: tuple[About, ...]


class Words(Strict):
    """A standing option, and what else people type for it."""

    title: Text
    words: list[Text] = Field(min_items=1)


class IntakeFile(Strict):
    """intake.yml"""

    none: Words
    unsure: Words
    joiners: Ids
    symptoms: QuestionInfo
    feeling: FeelingQuestion
    whom: Whom
    direct_question: DirectQuestion
    bundles: tuple[Bundle, ...]
    duration: QuestionInfo
    location: Location
    exposures: QuestionInfo
    follow_ups: tuple[QuestionInfo, ...]
    ages: tuple[AgeQuestion, ...]

    def questions(self) -> Iterator[tuple[tuple[Any, ...], QuestionInfo]]:
        """Every question with its path in the file."""
        for name in ("symptoms", "whom", "direct_question", "duration", "location", "exposures"):
            yield (name,), getattr(self, name)
        for part in ("bundles", "follow_ups", "ages"):
            for place, question in enumerate(getattr(self, part)):
                yield (part, place), question


def check_intake(document: Document, intake: IntakeFile, words: Vocabulary, rules: Collection[str]) -> None:
    """Refuse ids that do not exist and questions that stand twice; raises KnowledgeError."""
    follow_ups = {question.id for question in intake.follow_ups}
    seen: set[str] = set()
    for path, question in intake.questions():
        if question.id in seen:
            raise document.error(f"question {question.id} stands twice", *path)
        seen.add(question.id)
        for place, option in enumerate(question.options):
            where = (*path, "options", place)
            _require(document, _named(option), words.mentions, "id", *where)
            _require(document, [option.sets_off] if option.sets_off else [], rules, "red-flag rule", *where, "sets_off")
            _require(document, [option.asks] if option.asks else [], follow_ups, "follow-up question", *where, "asks")
    _require(document, intake.location.concepts, words.mentions, "id", "location", "concepts")
    _check_feelings(document, intake.feeling, words)
    _require(document, [intake.direct_question.rule], rules, "red-flag rule", "direct_question", "rule")
    for place, bundle in enumerate(intake.bundles):
        _require(document, bundle.complaints, words.mentions, "id", "bundles", place, "complaints")


def _check_feelings(document: Document, question: FeelingQuestion, words: Vocabulary) -> None:
    for place, option in enumerate(question.options):
        where = ("feeling", "options", place)
        _require(document, [option.concept, *option.at.values()], words.mentions, "id", *where)
        _require(document, option.at, question.places, "place", *where, "at")


def _named(option: OptionInfo) -> list[str]:
    signs = [f"sign.{sign}" for sign in option.signs]
    return [*(finding.concept for finding in option.findings), *option.exposures, *signs]


def _require(document: Document, names: Iterable[str], known: Collection[str], what: str, *path: Any) -> None:
    for name in names:
        if name not in known:
            raise document.error(f"unknown {what} {name}", *path)
