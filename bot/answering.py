"""How a message answers the question that waits: by its options, in free words, or several answers at once. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.knowledge.choices import Option, Question, resolve_answer
from bot.knowledge.feeling import feeling_in
from bot.knowledge.intake import main_complaint, typed_questions
from bot.phrases import bare, is_whole, pieces, short_parts
from bot.reading import Profile, Reading
from bot.talk import (
    DENYING_INTENT,
    DURATION_SLOT,
    EXPOSURE_SLOT,
    FEELING_QUESTION,
    LOCATION_SLOT,
    RED_FLAG_SLOT,
    UNSURE_INTENT,
    Message,
    Talk,
)

FIRST_PART = re.compile(r"[.,;!\n]|\b(?:but|oh|also)\b")


def chosen(question: Question | None, message: Message) -> tuple[Option, ...]:
    """The options of the question that the message as a whole names; () if it says something else."""
    if question is None:
        return ()
    if options := resolve_answer(question, message.text):
        return options
    if question.slot == LOCATION_SLOT and not pieces(message.text):
        return _places(question, message.text)
    if question.id == FEELING_QUESTION and (options := feeling_in(question, message.text)):
        return options
    if is_guessed_unsure(question, message):
        return unsure(question)
    return _none(question, message) or _none_first(question, message)


def is_guessed_unsure(question: Question, message: Message) -> bool:
    """A "not sure" that only the model heard; not for a list of warning signs, where it would raise an alarm by itself
    for "what do you mean?": that list is asked again instead."""
    listed = question.slot == RED_FLAG_SLOT and question.kind == "multi"
    return message.intent == UNSURE_INTENT and not message.tells and not listed


def unsure(question: Question) -> tuple[Option, ...]:
    """The option "not sure"."""
    return tuple(option for option in question.options if option.unsure)


def answers(question: Question, reading: Reading) -> bool:
    """Whether free words answer the question: they name what it asks for, or deny it."""
    if question.slot == DURATION_SLOT:
        return any(f.duration_days is not None for f in reading.findings)
    if question.slot == LOCATION_SLOT:
        return any(f.body for f in reading.findings)
    if question.slot == EXPOSURE_SLOT:
        return bool(reading.exposures)
    if question.slot == "profile":
        return reading.profile != Profile()
    offered = {name for option in question.options for name in names(option.adds)}
    return bool(offered & names(reading))


def completed(message: Message, talk: Talk, question: Question | None) -> Reading:
    """The message's reading; a bare "three weeks" is said of the main complaint, which lacks it or is corrected."""
    reading = message.reading
    main = main_complaint(talk.case) or main_complaint(reading)
    if main is None or not reading.durations or any(f.duration_days is not None for f in reading.findings):
        return reading
    asked = question is not None and question.slot == DURATION_SLOT
    only = not (reading.findings or reading.exposures)  # "vegan for ten years" is no length of a symptom
    alone = (*pieces(message.text), *short_parts(message.text))
    listed = [item for item in reading.durations if bare(item.span) in map(bare, alone)]
    if not (asked or listed or (only and not message.asks)):
        return reading
    told = next((f for f in reading.findings if f.concept == main.concept), replace(main, span="", start=0, end=0))
    dated = replace(told, duration_days=(listed or reading.durations)[-1].days)
    return replace(reading, findings=(*(f for f in reading.findings if f.concept != main.concept), dated))


def one_by_one(
    talk: Talk, question: Question | None, message: Message, reading: Reading
) -> tuple[Reading, tuple[str, ...]]:
    """The reading with what a list of short answers says besides, and the questions that these answer."""
    settled: list[str] = []
    asked = [question] if question is not None else []
    for piece in map(bare, pieces(message.text)):
        for each in (*asked, *typed_questions(talk.case)):
            found = () if piece.isdigit() else resolve_answer(each, piece)
            found = tuple(option for option in found if not (option.none or option.unsure)) or _placed(each, piece)
            if found:
                for option in found:
                    reading = reading.merged(option.adds)
                settled.append(each.id)
                break
    return reading, tuple(dict.fromkeys(settled))


def names(reading: Reading) -> set[str]:
    """Ids of all that a reading names."""
    named = {f.concept for f in reading.findings} | {s.sign for s in reading.signs}
    return named | {e.exposure for e in reading.exposures}


def names_in(item: Mapping[str, Any]) -> set[str]:
    """The id that a piece of news names."""
    return {item[key] for key in ("concept", "exposure") if key in item}


def _placed(question: Question, piece: str) -> tuple[Option, ...]:
    return _places(question, piece) if question.slot == LOCATION_SLOT else ()


def _places(question: Question, text: str) -> tuple[Option, ...]:
    """The places that "it is in my left calf" names."""
    words = re.findall(r"\w+", text.casefold())
    named = [
        option for word in words for option in resolve_answer(question, word) if not (option.none or option.unsure)
    ]
    return tuple(dict.fromkeys(named)) if not any(word.isdigit() for word in words) else ()


def _none_first(question: Question, message: Message) -> tuple[Option, ...]:
    """The "none" of "none of that. Oh, and I'm 67": said first, and nothing that was asked for is named after it."""
    parts = FIRST_PART.split(message.text, maxsplit=1)
    if len(parts) < 2 or not is_whole(parts[0], "none_there"):
        return ()
    offered = {name for option in question.options for name in names(option.adds)}
    return () if offered & names(message.reading) else tuple(option for option in question.options if option.none)


def _none(question: Question, message: Message) -> tuple[Option, ...]:
    """The "none" of "no, nothing like that": a model's word alone is not enough to deny a red flag."""
    if message.intent != DENYING_INTENT or message.tells or message.reading.durations:
        return ()
    first = re.match(r"\W*(\w+)", message.text)
    return tuple(option for option in resolve_answer(question, first.group(1)) if option.none) if first else ()
