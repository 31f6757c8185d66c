"""The shapes of claims.yml, claim_words.yml and answers.yml: what questions are answered with."""

from __future__ import annotations

from pydantic import Field

from bot.knowledge.models import GradeId, Ids, Sourced, Strict, Text


class GradeOf(Strict):
    """A grade, and which part of a claim it belongs to where the parts differ."""

    grade: GradeId
    of: Text | None = None


class Claim(Sourced):
    """A claim of the lay article, judged. ``record``: a matter of record, the only kind without a grade.

    ``asks``: ways to ask about it (see `bot.knowledge.claims`); ``topics``: the question topics it belongs to, its own
    first; ``only``: it answers no practical question of another topic.
    """

    id: Text
    claim: Text
    verdict: Text
    grades: tuple[GradeOf, ...]
    say: Text
    record: bool = False
    topics: list[Text] = Field(min_items=1)
    only: bool = False
    asks: list[Ids] = Field(min_items=1)


class ClaimFile(Strict):
    """claims.yml. ``practical``: the topics on which a claim that has ``only`` gives way."""

    practical: Ids
    verdicts: dict[str, Text]
    claims: list[Claim] = Field(min_items=1)


class WordGroup(Strict):
    """Words that mean the same for a claim; ``read``: concepts and exposures that do so too."""

    words: Ids
    read: Ids = ()


class QuestionWords(Strict):
    """What makes a text a question: how it begins, or what it holds. ``own``: words of somebody's own case."""

    begins: list[Text] = Field(min_items=1)
    holds: list[Text] = Field(min_items=1)
    own: list[Text] = Field(min_items=1)


class ClaimWords(Strict):
    """claim_words.yml"""

    groups: dict[str, WordGroup]
    question: QuestionWords


class Answer(Sourced):
    """The answers to a question topic, in plain words without a personal dose.

    ``text``: the general one; ``short``: the end of an answer about something named; ``by_grade`` and ``by_kind``: that
    end for a concept of that grade, for an exposure of that kind (its group, its weight or a set of the ladder).
    """

    topic: Text
    grade: GradeId
    text: Text
    short: Text
    by_grade: dict[GradeId, Text] = {}
    by_kind: dict[str, Text] = {}


class AnswerFile(Strict):
    """answers.yml. ``kinds``: sets of exposures, the first that holds an exposure is its kind."""

    kinds: dict[str, Ids]
    answers: list[Answer] = Field(min_items=1)
