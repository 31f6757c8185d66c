"""Questions with options, and which options a typed or tapped answer means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from bot.knowledge.loading import Knowledge, load
from bot.phrases import plain
from bot.reading import Reading

OLDEST = 120  # years


@dataclass(frozen=True)
class Option:
    """One thing to tap: ``title`` in plain words, ``adds`` what tapping it says; ``aliases`` mean the same.

    One that is not ``shown`` is understood when typed; such stand last, so that they have no number.
    """

    id: str
    title: str
    adds: Reading = field(default_factory=Reading)
    none: bool = False
    unsure: bool = False
    shown: bool = True
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """What to ask: ``text`` for the user, ``slot`` for programs, ``options`` in the order shown; ``short``: the text
    when the question returns after an interruption. Both texts have places for whom it is about (intake.yml)."""

    id: str
    slot: str
    kind: Literal["choice", "multi", "open"]
    options: tuple[Option, ...] = ()
    text: str = ""
    short: str = ""


def resolve_answer(question: Question, text: str) -> tuple[Option, ...]:
    """The options that the whole text names, in the order shown; () if any part of it is something else.

    Titles and aliases whatever their case, spacing and punctuation, several joined by commas or "and",
    numbers counted from 1 (years where an age is asked), and the standing words for "none of these" and "not sure".
    """
    words = _words(text)
    standing = _standing(question, " ".join(words), load())
    if standing is not None:
        return (standing,)
    joiners = load().intake.joiners
    counted = _aged(question, words) if _age_bands(question) else _numbered(question, words, joiners)
    chosen = _named(question, words, joiners) or counted
    if len(chosen) > 1:
        chosen = tuple(option for option in chosen if not (option.none or option.unsure))
    return () if question.kind == "choice" and len(chosen) > 1 else chosen


def _words(text: str) -> tuple[str, ...]:
    return tuple(plain(text).split())


def _standing(question: Question, said: str, knowledge: Knowledge) -> Option | None:
    for option in question.options:
        if said in {" ".join(_words(name)) for name in (option.title, *option.aliases)}:
            return option
        standing = knowledge.intake.none if option.none else knowledge.intake.unsure
        if (option.none or option.unsure) and said in {" ".join(_words(word)) for word in standing.words}:
            return option
    return None


def _named(question: Question, words: Sequence[str], joiners: Sequence[str]) -> tuple[Option, ...]:
    names = [(_words(name), option) for option in question.options for name in (option.title, *option.aliases)]
    names.sort(key=lambda pair: -len(pair[0]))
    chosen: list[Option] = []
    place = 0
    while place < len(words):
        match = next((pair for pair in names if tuple(words[place : place + len(pair[0])]) == pair[0]), None)
        if match is not None:
            chosen.append(match[1])
            place += len(match[0])
        elif chosen and words[place] in joiners:
            place += 1
        else:
            return ()
    return _in_order(question, chosen)


def _numbered(question: Question, words: Sequence[str], joiners: Sequence[str]) -> tuple[Option, ...]:
    chosen: list[Option] = []
    shown = sum(option.shown for option in question.options)
    for word in _without(words, joiners):
        if not (word.isascii() and word.isdigit() and 1 <= int(word) <= shown):
            return ()
        chosen.append(question.options[int(word) - 1])
    return _in_order(question, chosen)


def _aged(question: Question, words: Sequence[str]) -> tuple[Option, ...]:
    """The band of an age in years: "3" to "how old?" is three years, not the third band."""
    if len(words) != 1 or not (words[0].isascii() and words[0].isdigit() and int(words[0]) <= OLDEST):
        return ()
    bands = _age_bands(question)
    reached = [option for age, option in bands if age <= int(words[0])]
    return tuple(reached[-1:] or [option for _, option in bands[:1]])


def _age_bands(question: Question) -> list[tuple[float, Option]]:
    ages = [(option.adds.profile.age, option) for option in question.options]
    return [(age, option) for age, option in ages if age is not None]


def _without(words: Sequence[str], joiners: Sequence[str]) -> Iterator[str]:
    return (word for word in words if word not in joiners)


def _in_order(question: Question, chosen: Sequence[Option]) -> tuple[Option, ...]:
    return tuple(option for option in question.options if option in chosen)
