"""What a message puts right in what was told: side, place, length of time, whom it is about, what was never said.

Pure. A new length of time or a denied symptom needs nothing of this: merging takes the later word (`bot.hearing`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from bot.knowledge import load
from bot.knowledge.choices import Question, resolve_answer
from bot.knowledge.intake import main_complaint, place_question
from bot.phrases import found, phrases, pieces, plain
from bot.reading import Finding, Profile, Reading, Side
from bot.talk import CORRECTING_INTENT, LOCATION_SLOT, Message
from bot.whom import moved

NOT = r"\bnot\b(?: (?:in|on|the|my|his|her|their|a))*((?: \w+){1,2})"
MOST_WORDS = 8  # of a message without a cue that still may put a place right ("the left one")


def put_right(case: Reading, message: Message, question: Question | None) -> Reading | None:
    """The case as the message corrects it; None when it corrects nothing by itself."""
    words = plain(message.text)
    changed = (
        _never_said(case, message)
        or _of_oneself(case, words)
        or _of_somebody_else(case, message, words)
        or _in_another_unit(case, message, words)
        or (None if question is not None and question.slot == LOCATION_SLOT else _elsewhere(case, message, words))
    )
    return None if changed is None or changed == case else changed


def cleared(case: Reading, message: Message) -> Reading:
    """The case without the places that a correcting message names anew: "no, my left calf" replaces the right one."""
    if not (message.intent == CORRECTING_INTENT or found(message.text, "putting_right")):
        return case
    told = {item.concept: item for item in message.reading.findings}
    return replace(case, findings=tuple(_without_place(item, told.get(item.concept)) for item in case.findings))


def about(case: Reading, profile: Profile) -> Reading:
    """The case said of whom ``profile`` names: what was the writer's own becomes theirs, and the other way round."""
    if profile.about == "self":
        return replace(moved(case, "other", "present"), profile=replace(profile, relation=None))
    return replace(moved(case, "present", "other"), profile=case.profile.updated(profile))


def _without_place(item: Finding, told: Finding | None) -> Finding:
    if told is None:
        return item
    item = replace(item, body=()) if told.body else item
    return replace(item, side=None) if told.side else item


def _never_said(case: Reading, message: Message) -> Reading | None:
    if found(message.text, "never_said") is None:
        return None
    concepts = {item.concept for item in message.reading.findings}
    exposures = {item.exposure for item in message.reading.exposures}
    return replace(
        case,
        findings=tuple(item for item in case.findings if item.concept not in concepts),
        exposures=tuple(item for item in case.exposures if item.exposure not in exposures),
    )


def _of_oneself(case: Reading, words: str) -> Reading | None:
    if case.profile.about == "self" or found(words, "about_me") is None:
        return None
    return about(case, replace(case.profile, about="self"))


def _of_somebody_else(case: Reading, message: Message, words: str) -> Reading | None:
    told = message.reading
    same = (case.profile.about, case.profile.relation) == (told.profile.about, told.profile.relation)
    if told.profile.about == "self" or told.profile.relation is None or told.findings or same:
        return None
    return about(case, told.profile) if found(words, "putting_right") else None


def _in_another_unit(case: Reading, message: Message, words: str) -> Reading | None:
    """ "Hours, not weeks": the number stays, the unit changes."""
    main, days = main_complaint(case), phrases()["units"]
    named = [word for word in words.split() if word in days]
    wrong = [word for word in re.findall(r"\bnot (\w+)", words) if word in days]
    right = [word for word in named if word not in wrong]
    if main is None or main.duration_days is None or not (wrong and right) or re.search(r"\d", words):
        return None
    count = max(1, round(main.duration_days / days[wrong[0]]))
    return _with_main(case, replace(main, duration_days=float(count * days[right[0]])))


def _elsewhere(case: Reading, message: Message, words: str) -> Reading | None:
    """ "It's the left one", "not the calf, the thigh": of the symptom named, else of the main complaint."""
    told = {item.concept for item in message.reading.findings}
    target = next((item for item in case.findings if item.concept in told), main_complaint(case))
    short = len(words.split()) <= MOST_WORDS
    if target is None or message.asks or (told and target.concept not in told):
        return None
    cued = message.intent == CORRECTING_INTENT or found(words, "putting_right") is not None
    if not (cued or (short and not pieces(message.text))) or any(item.body for item in message.reading.findings):
        return None
    said = re.sub(NOT, " ", words)
    side, body = _side(said), tuple(dict.fromkeys(_parts(said)))
    denied = {part for words_after in re.findall(NOT, words) for part in _parts(words_after)}
    if side is None and not body:
        return None
    if not body:
        body = tuple(part for part in target.body if part not in denied)
    return _with(case, target, replace(target, side=side or target.side, body=body or target.body))


def _side(words: str) -> Side | None:
    """A side that is named as a place: "right" alone may be agreement."""
    sides: list[Side] = []
    said = words.split()
    for place, word in enumerate(said):
        side = phrases()["sides"].get(word)
        after = said[place + 1] if place + 1 < len(said) else ""
        before = said[place - 1] if place else ""
        at_end = not after and (side == "both" or before in phrases()["before_side"])
        if side and (after in phrases()["side_nouns"] or tuple(_parts(after)) or at_end):
            sides.append(side)
    return sides[-1] if sides else None


def _parts(words: str) -> Iterator[str]:
    """The parts of the body that the words name; not "back" and the like in "go back"."""
    known, question = load().notation.body, place_question()
    for word in words.split():
        if word in phrases()["sides"]:
            continue
        if word in known or word.removesuffix("s") in known:
            yield word if word in known else word.removesuffix("s")
        elif not word.isdigit():
            for option in resolve_answer(question, word):
                yield from (part for item in option.adds.findings for part in item.body)


def _with_main(case: Reading, main: Finding) -> Reading:
    old = main_complaint(case)
    return case if old is None else _with(case, old, main)


def _with(case: Reading, old: Finding, new: Finding) -> Reading:
    return replace(case, findings=tuple(new if item is old else item for item in case.findings))
