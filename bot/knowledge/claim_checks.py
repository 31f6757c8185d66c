"""What must hold between claims, answers and the rest of the evidence base; a mistake names its file and line."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from bot.knowledge.claim_models import AnswerFile, ClaimFile, ClaimWords
from bot.knowledge.claims import NOT
from bot.knowledge.strict_yaml import Document

ESTABLISHED = "E"
UNCHECKED = ("B", "U")  # background knowledge, unsure: shown no stronger than that
MOST_ANSWER_WORDS = 90  # an answer is read on a phone
WEIGHTS = ("major", "moderate", "minor", "safety", "alarm")


def check_claims(
    document: Document, file: ClaimFile, topics: Collection[str], words: ClaimWords, ids: Collection[str]
) -> None:
    """Verdicts, topics and words exist; only a matter of record has no grade; nothing unchecked is established."""
    _known(document, file.practical, topics, "topic", "practical")
    for place, claim in enumerate(file.claims):
        path = ("claims", place)
        _known(document, [claim.verdict], file.verdicts, "verdict", *path, "verdict")
        _known(document, claim.topics, topics, "topic", *path, "topics")
        for way, names in enumerate(claim.asks):
            named = (name.removeprefix(NOT) for name in names)
            _known(document, named, {*words.groups, *ids}, "word group", *path, "asks", way)
        if bool(claim.grades) == claim.record:
            raise document.error("a claim has a grade, or is a matter of record", *path)
        if len(f"{file.verdicts[claim.verdict]} {claim.say}".split()) > MOST_ANSWER_WORDS:
            raise document.error(f"more than {MOST_ANSWER_WORDS} words", *path, "say")
        for number, grade in enumerate(claim.grades):
            check_strength(document, grade.grade, claim.verification, *path, "grades", number)


def check_words(document: Document, words: ClaimWords, ids: Collection[str]) -> None:
    """Concepts and exposures that stand for a word group exist."""
    for name, group in words.groups.items():
        _known(document, group.read, ids, "concept or exposure", "groups", name, "read")


def check_answers(document: Document, file: AnswerFile, exposures: Collection[str]) -> None:
    """Kinds name exposures, endings name kinds, and no answer is too long or too sure."""
    for kind, members in file.kinds.items():
        _known(document, members, exposures, "exposure", "kinds", kind)
    for place, answer in enumerate(file.answers):
        path = ("answers", place)
        _known(document, answer.by_kind, {*file.kinds, *exposures, *WEIGHTS}, "kind", *path, "by_kind")
        if len(answer.text.split()) > MOST_ANSWER_WORDS:
            raise document.error(f"more than {MOST_ANSWER_WORDS} words", *path, "text")
        check_strength(document, answer.grade, answer.verification, *path, "grade")


def check_strength(document: Document, grade: str, verification: str, *path: Any) -> None:
    """Background knowledge and unsure matter are not shown as established."""
    if grade == ESTABLISHED and verification in UNCHECKED:
        raise document.error(f"verification {verification} cannot be shown as established", *path)


def _known(
    document: Document, names: Iterable[str], known: Collection[str] | Mapping[str, Any], what: str, *path: Any
) -> None:
    for name in names:
        if name not in known:
            raise document.error(f"unknown {what} {name}", *path)
