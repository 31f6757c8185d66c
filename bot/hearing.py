"""What one more message adds to a talk: the one merge, pure, used by the action server and by the policies.

Merging the same message twice changes nothing, since Rasa may ask for it twice in a turn and SafetyPolicy asks again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.answering import answers, chosen, completed, names, names_in, one_by_one, unsure
from bot.confirming import confirmed, is_confirmed, question_of, told
from bot.correcting import cleared, put_right
from bot.knowledge import load
from bot.knowledge.choices import Option, Question
from bot.knowledge.feeling import Place, felt_at, place_alone
from bot.knowledge.intake import main_complaint, next_question
from bot.knowledge.labs import unit_named, with_unit
from bot.phrases import is_whole
from bot.reading import Reading, Sign
from bot.taking import added_up
from bot.talk import (
    CORRECTING_INTENT,
    FEELING_QUESTION,
    QUESTION_PREFIX,
    Heard,
    Message,
    Talk,
    asks_directly,
    is_safety,
)
from bot.whom import WHOM_QUESTION, sorted_by, speaks_of_oneself, theirs

DESPAIR = "cant_go_on"  # the sign from which the direct question follows
# A question is asked again after each message that is no answer, explained after the second, and counts as "not sure"
# after the third; for red flags a message that tells something else is no answer either (knowledge base 5.2, point 5).
MISSES = 3
STEPS_KEPT = 6  # how many messages can be undone
# What an undoing brings back. What was urgent is no part of it: that is only lifted by a confirmed word.
UNDONE = ("findings", "exposures", "signs", "lab_results", "profile", "doses", "duration", "location", "place", "asked")

FACTS = ("age", "pregnancy_weeks", "supplement_iu_day", "country")  # of the profile, that are read back


def heard(talk: Talk, message: Message) -> Talk:
    """The talk after ``message``. Idempotent: a message that was merged already changes nothing."""
    if message.id and message.id == talk.last_message:
        return talk
    before = replace(talk, last_message=message.id, news=[])
    if before.confirming and is_confirmed(message):
        return _with_news(before, confirmed(before))
    if confirm := question_of(before, message):
        return replace(before, confirming=confirm, heard="confirm")
    before = replace(before, confirming=None)
    if is_whole(message.text, "undo") or (is_whole(message.text, "never_said_that") and before.history):
        return _undone(before)
    return _remembered(before, _heard(before, message))


def _heard(talk: Talk, message: Message) -> Talk:
    talk, message = added_up(talk, _unit_told(talk, message))
    question = talk.question
    case = put_right(talk.case, message, question)
    options = chosen(question, message) if case is None else ()
    if question is not None and options:
        answered = _answered(talk, question, options)
        besides = message.tells and all(option.none for option in options)
        return _beside(answered, _attributed(message.reading, talk, message)) if besides else answered
    if case is not None:
        rest = replace(message.reading, findings=(), exposures=(), signs=(), profile=_age_of(message))
        return replace(_merged(_with_case(talk, case), rest), heard="corrected", misunderstood=0)
    reading = _attributed(completed(message, talk, question), talk, message)
    if asks_directly(talk, message):  # a model may raise an alarm, never lower one
        reading = replace(reading, signs=(*reading.signs, Sign(DESPAIR)))
    if question is not None and question.id == FEELING_QUESTION and talk.place is not None:
        reading = felt_at(Place.from_slot(talk.place), reading)
    listed, settled = one_by_one(talk, question, message, reading)
    talk = _merged(_with_case(talk, cleared(talk.case, message)), listed)
    talk = replace(talk, asked=list(dict.fromkeys([*talk.asked, *settled])))
    if question is not None and (question.id in settled or answers(question, listed)):
        return _settled(talk, question, "answer")
    if not (talk.has_symptom or message.intent.startswith(QUESTION_PREFIX)) and (place := place_alone(message.text)):
        return replace(talk, place=place.to_slot(), heard="told", misunderstood=0)
    return _unanswered(talk, question, message, listed)


def _beside(talk: Talk, told: Reading) -> Talk:
    """With what was told beside an answer: "none of those, and I'm vegan"."""
    both = _merged(talk, told)
    return replace(both, news=[item for item in both.news if item.get("status") != "absent"])


def _age_of(message: Message) -> Any:
    return replace(message.reading.profile, about="self", relation=None)


def _unit_told(talk: Talk, message: Message) -> Message:
    """The message with the results whose missing unit it names."""
    unit = unit_named(message.text, load())
    results = with_unit(talk.case.lab_results, unit) if unit else ()
    return replace(message, reading=replace(message.reading, lab_results=results)) if results else message


def _attributed(reading: Reading, talk: Talk, message: Message) -> Reading:
    """In a talk about somebody else, what is told without "I" or "my" is told of them."""
    if talk.case.profile.about == "self" or speaks_of_oneself(message.text):
        return reading
    return theirs(reading, talk.case)


def _undone(talk: Talk) -> Talk:
    if not talk.history:
        return replace(talk, heard="not_undone")
    back = replace(talk, **talk.history[-1], history=talk.history[:-1], pending_question=None, misunderstood=0)
    return replace(_with_news(talk, back), intake_complete=None, result_given=None, heard="undone")


def _remembered(before: Talk, after: Talk) -> Talk:
    """With the state before this message kept, if the message changed it."""
    if told(before.case) == told(after.case) and before.asked == after.asked:
        return after
    kept = {name: getattr(before, name) for name in UNDONE}
    return replace(after, history=[*after.history, kept][-STEPS_KEPT:])


def _answered(talk: Talk, question: Question, options: tuple[Option, ...]) -> Talk:
    if question.id == WHOM_QUESTION:
        return _settled(_with_case(talk, sorted_by(talk.case, options[0].id)), question, "answer")
    named = names(talk.case)
    for option in options:
        talk = _merged(talk, option.adds)
    news = [item for item in talk.news if item.get("status") != "absent" and not named & names_in(item)]
    return _settled(replace(talk, news=news), question, "answer")


def _settled(talk: Talk, question: Question, what: Heard) -> Talk:
    asked = list(dict.fromkeys([*talk.asked, question.id]))
    return replace(talk, heard=what, asked=asked, pending_question=None, misunderstood=0)


def _unanswered(talk: Talk, question: Question | None, message: Message, reading: Reading) -> Talk:
    tells = bool(message.tells or reading.findings or reading.exposures)
    tells = tells or (question is None and is_whole(message.text, "go_on"))
    what: Heard = "request" if message.asks else "told" if tells else "nothing"
    if what == "told" and any("was" in item for item in talk.news):
        what = "corrected"
    # "That's wrong" alone dodges nothing: it is asked what is wrong.
    dodged = what == "nothing" and message.intent != CORRECTING_INTENT
    misses = talk.misunderstood + (dodged or (what == "told" and is_safety(question)))
    if question is None and what in ("told", "corrected"):
        misses = 0
    talk = replace(talk, heard=what, misunderstood=misses)
    if question is None or misses < MISSES:
        return talk
    # Only the list of the main complaint is acted on: it was the first thing asked, and the rest adds to it.
    own = next_question(talk.case, talk.asked, limit=talk.most_questions)
    meant = unsure(question) if own is not None and own.id == question.id else ()
    return replace(_answered(talk, question, meant), heard="given_up")


def _merged(talk: Talk, later: Reading) -> Talk:
    return _with_case(talk, talk.case.merged(later))


def _with_case(talk: Talk, after: Reading) -> Talk:
    """The talk with another case: what an assessment rests on opens it again if it has changed."""
    main = main_complaint(after)
    changed = replace(
        talk,
        **told(after),
        duration=main.duration_days if main else None,
        location=list(main.body) if main else [],
    )
    changed = _with_news(talk, changed)
    if _stated(talk.case) == _stated(after):
        return changed
    return replace(changed, intake_complete=None, result_given=None)


def _with_news(before: Talk, after: Talk) -> Talk:
    return replace(after, news=[*after.news, *_news(before.case, after.case)])


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
    """Findings and exposures that are new or of which something new was said, as dicts, and new facts of the profile.

    ``was``: the item before, where the new one contradicts it; ``gone``: it was taken out.
    """
    old, new = _by_name(before), _by_name(after)
    news: list[dict[str, Any]] = []
    for name, item in new.items():
        was = old.get(name)
        if was is None or _wordless(was) != _wordless(item):
            contradicts = was is not None and _contradicts(was, item)
            news.append({**item.to_dict(), **({"was": was.to_dict()} if contradicts and was is not None else {})})
    news.extend({**item.to_dict(), "gone": True} for name, item in old.items() if name not in new)
    facts, known = after.profile.to_dict(), before.profile.to_dict()
    fresh = {name: facts[name] for name in FACTS if facts[name] is not None and facts[name] != known[name]}
    return [*news, fresh] if fresh else news


def _by_name(reading: Reading) -> dict[str, Any]:
    named: dict[str, Any] = {item.concept: item for item in reading.findings}
    return {**named, **{item.exposure: item for item in reading.exposures}}


def _contradicts(was: Any, now: Any) -> bool:
    """Whether something that was known is otherwise now; more of it is no contradiction."""
    if was.status == "hypothetical":
        return False
    pairs = [(getattr(was, name, None), getattr(now, name, None)) for name in ("status", "side", "duration_days")]
    kept = set(getattr(was, "body", ())) <= set(getattr(now, "body", ()))
    return not kept or any(None not in pair and pair[0] != pair[1] for pair in pairs)


def _wordless(item: Any) -> Any:
    return replace(item, span="", start=0, end=0, cue=None)
