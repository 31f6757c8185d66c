"""What one more message adds to a talk: the one merge, pure, used by the action server and by the policies.

Merging the same message twice changes nothing, since Rasa may ask for it twice in a turn and SafetyPolicy asks again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.knowledge import load
from bot.knowledge.choices import Option, Question, resolve_answer
from bot.knowledge.intake import main_complaint, next_question
from bot.knowledge.labs import unit_named, with_unit
from bot.reading import Profile, Reading, Sign
from bot.talk import (
    DENYING_INTENT,
    DURATION_SLOT,
    EXPOSURE_SLOT,
    LOCATION_SLOT,
    UNSURE_INTENT,
    Heard,
    Message,
    Talk,
    asks_directly,
    is_safety,
)

DESPAIR = "cant_go_on"  # the sign from which the direct question follows
# A question is asked again after each message that is no answer, explained after the second, and counts as "not sure"
# after the third; for red flags a message that tells something else is no answer either (knowledge base 5.2, point 5).
MISSES = 3


def heard(talk: Talk, message: Message) -> Talk:
    """The talk after ``message``. Idempotent: a message that was merged already changes nothing."""
    if message.id and message.id == talk.last_message:
        return talk
    talk = replace(talk, last_message=message.id, news=[])
    message = _unit_told(talk, message)
    question = talk.question
    options = _chosen(question, message)
    if question is not None and options:
        return _answered(talk, question, options)
    reading = _completed(message, talk, question)
    if asks_directly(talk, message):  # a model may raise an alarm, never lower one
        reading = replace(reading, signs=(*reading.signs, Sign(DESPAIR)))
    if question is not None and _answers(question, reading):
        return _settled(_merged(talk, reading), question, "answer")
    return _unanswered(_merged(talk, reading), question, message, reading)


def _unit_told(talk: Talk, message: Message) -> Message:
    """The message with the results whose missing unit it names."""
    unit = unit_named(message.text, load())
    results = with_unit(talk.case.lab_results, unit) if unit else ()
    return replace(message, reading=replace(message.reading, lab_results=results)) if results else message


def _chosen(question: Question | None, message: Message) -> tuple[Option, ...]:
    if question is None:
        return ()
    if options := resolve_answer(question, message.text):
        return options
    if question.slot == LOCATION_SLOT:
        return _places(question, message.text)
    if message.intent == UNSURE_INTENT and not message.tells:
        return _unsure(question)
    return _none(question, message)


def _places(question: Question, text: str) -> tuple[Option, ...]:
    """The places that "it is in my left calf" names."""
    words = re.findall(r"\w+", text.casefold())
    named = [
        option for word in words for option in resolve_answer(question, word) if not (option.none or option.unsure)
    ]
    return tuple(dict.fromkeys(named)) if not any(word.isdigit() for word in words) else ()


def _none(question: Question, message: Message) -> tuple[Option, ...]:
    """The "none" of "no, nothing like that": a model's word alone is not enough to deny a red flag."""
    if message.intent != DENYING_INTENT or message.tells:
        return ()
    first = re.match(r"\W*(\w+)", message.text)
    return tuple(option for option in resolve_answer(question, first.group(1)) if option.none) if first else ()


def _unsure(question: Question) -> tuple[Option, ...]:
    return tuple(option for option in question.options if option.unsure)


def _answered(talk: Talk, question: Question, options: tuple[Option, ...]) -> Talk:
    named = _names(talk.case)
    for option in options:
        talk = _merged(talk, option.adds)
    news = [item for item in talk.news if item["status"] != "absent" and not named & _names_in(item)]
    return _settled(replace(talk, news=news), question, "answer")


def _settled(talk: Talk, question: Question, what: Heard) -> Talk:
    asked = list(dict.fromkeys([*talk.asked, question.id]))
    return replace(talk, heard=what, asked=asked, pending_question=None, misunderstood=0)


def _unanswered(talk: Talk, question: Question | None, message: Message, reading: Reading) -> Talk:
    what: Heard = "request" if message.asks else "told" if message.tells or reading.findings else "nothing"
    misses = talk.misunderstood + (what == "nothing" or (what == "told" and is_safety(question)))
    if what == "told" and question is None:
        misses = 0
    talk = replace(talk, heard=what, misunderstood=misses)
    if question is None or misses < MISSES:
        return talk
    # Only the list of the main complaint is acted on: it was the first thing asked, and the rest adds to it.
    own = next_question(talk.case, talk.asked, limit=talk.most_questions)
    meant = _unsure(question) if own is not None and own.id == question.id else ()
    return replace(_answered(talk, question, meant), heard="given_up")


def _answers(question: Question, reading: Reading) -> bool:
    """Whether free words answer the question: they name what it asks for, or deny it."""
    if question.slot == DURATION_SLOT:
        return any(f.duration_days is not None for f in reading.findings)
    if question.slot == LOCATION_SLOT:
        return any(f.body for f in reading.findings)
    if question.slot == EXPOSURE_SLOT:
        return bool(reading.exposures)
    if question.slot == "profile":
        return reading.profile != Profile()
    offered = {name for option in question.options for name in _names(option.adds)}
    return bool(offered & _names(reading))


def _names(reading: Reading) -> set[str]:
    named = {f.concept for f in reading.findings} | {s.sign for s in reading.signs}
    return named | {e.exposure for e in reading.exposures}


def _names_in(item: Mapping[str, Any]) -> set[str]:
    return {item[key] for key in ("concept", "exposure") if key in item}


def _completed(message: Message, talk: Talk, question: Question | None) -> Reading:
    """The message's reading; a bare "three weeks" is said of the main complaint, which lacks it or is corrected."""
    reading = message.reading
    main = main_complaint(talk.case)
    if main is None or not reading.durations or any(f.duration_days is not None for f in reading.findings):
        return reading
    asked = question is not None and question.slot == DURATION_SLOT
    bare = not (reading.findings or reading.exposures)  # "vegan for ten years" is no length of a symptom
    if not (asked or (bare and not message.asks)):
        return reading
    told = next((f for f in reading.findings if f.concept == main.concept), replace(main, span="", start=0, end=0))
    dated = replace(told, duration_days=reading.durations[-1].days)
    return replace(reading, findings=(*(f for f in reading.findings if f.concept != main.concept), dated))


def _merged(talk: Talk, later: Reading) -> Talk:
    before = talk.case
    after = before.merged(later)
    main = main_complaint(after)
    changed = replace(
        talk,
        **_told(after),
        duration=main.duration_days if main else None,
        location=list(main.body) if main else [],
        news=[*talk.news, *_news(before, after)],
    )
    return changed if _stated(before) == _stated(after) else replace(changed, intake_complete=None, result_given=None)


def _told(case: Reading) -> dict[str, Any]:
    plain = case.to_dict()
    return {name: plain[name] for name in ("findings", "exposures", "signs", "lab_results", "profile")}


def _stated(reading: Reading) -> Reading:
    """What an assessment rests on, whatever the words: what was merely asked about or feared changes no result."""
    return replace(
        reading,
        findings=tuple(_wordless(item) for item in reading.findings if item.status != "hypothetical"),
        exposures=tuple(_wordless(item) for item in reading.exposures if item.status != "hypothetical"),
        signs=(),
        durations=(),
    )


def _news(before: Reading, after: Reading) -> list[dict[str, Any]]:
    """Findings and exposures that are new or of which something new was said, as dicts."""
    known = {_wordless(item) for item in (*before.findings, *before.exposures)}
    return [item.to_dict() for item in (*after.findings, *after.exposures) if _wordless(item) not in known]


def _wordless(item: Any) -> Any:
    return replace(item, span="", start=0, end=0, cue=None)
