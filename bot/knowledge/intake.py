"""What to ask next, and what a tapped or typed answer says. Questions and options are data (intake.yml)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from bot.knowledge.choices import Option, Question, resolve_answer
from bot.knowledge.intake_models import SLOTS_OF_MAIN, AddedFinding, AgeQuestion, Bundle, OptionInfo, QuestionInfo
from bot.knowledge.ladder import NOW, rung_of
from bot.knowledge.loading import Knowledge, load
from bot.knowledge.red_flags import case_of, direct_questions, red_flags
from bot.knowledge.syntax import LEVELS
from bot.reading import Exposure, Finding, Profile, Reading, Sign, Status

__all__ = [
    "Option",
    "Question",
    "main_complaint",
    "next_question",
    "place_question",
    "resolve_answer",
    "typed_questions",
]

MOST_QUESTIONS = 6
NOTHING_BELOW = "L5"
RED_FLAG_SLOT = "red_flag_answer"
OWN = "present"
ANY_SYMPTOM = ""  # the place is asked in the same words for each


def next_question(case: Reading, asked: Sequence[str], *, limit: int = MOST_QUESTIONS) -> Question | None:
    """The question that tells most and is neither answered nor asked yet; None when the intake is complete.

    Order: what it is, the red flags of the main complaint, how long, where, what could lower vitamin D and
    the follow-ups this calls for, an age that would change the advice. Raises KnowledgeError on broken data.
    """
    if len(asked) >= limit:
        return None
    knowledge = load()
    main = main_complaint(case)
    for info in _wanted(case, main, knowledge):
        question = _question(info, case, main, knowledge)
        if info.id not in asked and question is not None:
            return question
    return None


def place_question() -> Question:
    """Where a symptom is, with every option: for reading a place out of a correction."""
    knowledge = load()
    question = _question(knowledge.intake.location, Reading(), Finding(ANY_SYMPTOM), knowledge)
    assert question is not None
    return question


def typed_questions(case: Reading) -> tuple[Question, ...]:
    """The questions that a short list of facts may answer unasked: how long, where, what could lower vitamin D."""
    knowledge = load()
    intake, main = knowledge.intake, main_complaint(case)
    built = (_question(info, case, main, knowledge) for info in (intake.duration, intake.location, intake.exposures))
    return tuple(question for question in built if question is not None) if main is not None else ()


def main_complaint(case: Reading) -> Finding | None:
    """The finding the questions are about: the first that is there, the writer's own before somebody else's."""
    there = [finding for finding in case.findings if finding.status in NOW]
    own = [finding for finding in there if finding.status == OWN] if case.profile.about == "self" else []
    return next(iter(own or there), None)


def _wanted(case: Reading, main: Finding | None, knowledge: Knowledge) -> Iterator[QuestionInfo]:
    intake = knowledge.intake
    direct = intake.direct_question if intake.direct_question.rule in direct_questions(case) else None
    if direct is not None and knowledge.first_direct_question(case_of(case)) is not None:
        yield direct
    if main is None:
        yield intake.symptoms
    else:
        yield from _bundles(case, main, knowledge)
        if main.duration_days is None:
            yield intake.duration
        if not main.body and main.concept in intake.location.concepts:
            yield intake.location
    if direct is not None:
        yield direct
    yield intake.exposures
    tapped = {sign.sign for sign in case.signs if sign.status in NOW}
    yield from (question for question in intake.follow_ups if question.id in tapped)
    yield from (question for question in intake.ages if _age_matters(case, question, main, knowledge))


def _bundles(case: Reading, main: Finding, knowledge: Knowledge) -> list[Bundle]:
    fitting = [
        bundle
        for bundle in knowledge.intake.bundles
        if main.concept in bundle.complaints or _holds(bundle, case, knowledge)
    ]
    instead = any(bundle.instead for bundle in fitting)
    return [bundle for bundle in fitting if not (instead and bundle.complaints)]


def _holds(bundle: Bundle, case: Reading, knowledge: Knowledge) -> bool:
    test = knowledge.bundle_conditions.get(bundle.id)
    return test is not None and test(case_of(case)) is not None


def _age_matters(case: Reading, question: AgeQuestion, main: Finding | None, knowledge: Knowledge) -> bool:
    if case_of(case).age is not None or case.profile.about not in question.about or main is None:
        return False
    outcomes = {_outcome(case)}
    outcomes.update(_outcome(case.merged(_adds(info, case, main))) for info in question.options)
    return len(outcomes) > 1


def _outcome(case: Reading) -> tuple[str, str]:
    flags = red_flags(case)
    return rung_of(case, flags).tier, flags[0].level if flags else NOTHING_BELOW


def _question(info: QuestionInfo, case: Reading, main: Finding | None, knowledge: Knowledge) -> Question | None:
    shown = [option for option in info.options if not option.about or case.profile.about in option.about]
    built = [(option, _adds(option, case, main)) for option in shown]
    open_ones = [(option, adds) for option, adds in built if option.none or not _known(adds, case, main)]
    if info.kind != "open" and all(option.none or not option.shown for option, _ in open_ones):
        return None
    options = [
        Option(option.id, option.title, adds, none=option.none, shown=option.shown, aliases=tuple(option.aliases))
        for option, adds in open_ones
    ]
    options = [replace(option, adds=_none_of(options, main)) if option.none else option for option in options]
    if info.with_none:
        none = knowledge.intake.none
        options.append(Option("none", none.title, _none_of(options, main), none=True))
    if info.kind != "open":
        possible = _unsure(options, case, knowledge) if info.slot == RED_FLAG_SLOT else Reading()
        options.append(Option("not_sure", knowledge.intake.unsure.title, possible, unsure=True))
    options.sort(key=lambda option: not option.shown)
    return Question(info.id, info.slot, info.kind, tuple(options), info.text, info.short or info.text)


def _adds(option: OptionInfo, case: Reading, main: Finding | None) -> Reading:
    """What tapping the option says about the person the talk is about."""
    status: Status = "present" if case.profile.about == "self" else "other"
    findings = [_finding(added, main, status) for added in option.findings]
    if option.main is not None and main is not None:
        findings.append(Finding(main.concept, status=main.status, **_filled(option.main.dict())))
    signs = [*option.signs, *((option.sets_off,) if option.sets_off else ()), *((option.asks,) if option.asks else ())]
    profile = Profile()
    if option.profile is not None:
        profile = Profile(about=option.profile.about or case.profile.about, age=option.profile.age)
    return Reading(
        findings=tuple(findings),
        exposures=tuple(Exposure(name, span=option.span, status=status) for name in option.exposures),
        signs=tuple(Sign(name, status=status) for name in signs),
        profile=profile,
    )


def _finding(added: AddedFinding, main: Finding | None, status: Status) -> Finding:
    said = _filled(added.dict(exclude={"concept", "of_main"}))
    taken: dict[str, Any] = {name: getattr(main, name) for name in added.of_main if main is not None}
    return Finding(added.concept, status=status, **(taken | said))


def _filled(said: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value not in (None, ())}


def _known(adds: Reading, case: Reading, main: Finding | None) -> bool:
    """Whether the case already says, one way or the other, all that the option would add."""
    if adds.profile != Profile(about=case.profile.about) and adds.profile != Profile():
        return False
    if not (adds.findings or adds.exposures or adds.signs):
        return False
    findings = {item.concept for item in case.findings if item.status != "hypothetical"}
    exposures = {item.exposure for item in case.exposures if item.status != "hypothetical"}
    signs = {item.sign for item in case.signs if item.status != "hypothetical"}
    about_main = [item for item in adds.findings if main is not None and item.concept == main.concept]
    return (
        all(_said_of(main, item) for item in about_main)
        and all(item.concept in findings for item in adds.findings if item not in about_main)
        and all(item.exposure in exposures for item in adds.exposures)
        and all(item.sign in signs for item in adds.signs)
    )


def _said_of(main: Finding | None, new: Finding) -> bool:
    return all(getattr(main, name) not in (None, ()) for name in SLOTS_OF_MAIN if getattr(new, name) not in (None, ()))


def _none_of(options: Sequence[Option], main: Finding | None) -> Reading:
    """The findings, exposures and signs offered, denied; the main complaint itself is not."""
    offered = [option.adds for option in options if option.shown and not option.none and not option.unsure]
    denied = dict.fromkeys(item.concept for adds in offered for item in adds.findings)
    if main is not None:
        denied.pop(main.concept, None)
    exposures = dict.fromkeys(item.exposure for adds in offered for item in adds.exposures)
    signs = dict.fromkeys(item.sign for adds in offered for item in adds.signs)
    return Reading(
        findings=tuple(Finding(name, status="absent") for name in denied),
        exposures=tuple(Exposure(name, status="absent") for name in exposures),
        signs=tuple(Sign(name, status="absent") for name in signs),
    )


def _unsure(options: Sequence[Option], case: Reading, knowledge: Knowledge) -> Reading:
    """An answer "not sure" counts as possible: the highest flag that a yes would have raised, one level below (4.2)."""
    before = {flag.id: flag.level for flag in red_flags(case)}
    raised = [
        flag
        for option in options
        for flag in red_flags(case.merged(option.adds))
        if flag.id not in before or LEVELS.index(flag.level) < LEVELS.index(before[flag.id])
    ]
    if not raised:
        return Reading()
    highest = min(raised, key=lambda flag: LEVELS.index(flag.level))
    below = knowledge.levels[highest.level].below
    if below == NOTHING_BELOW:
        return Reading()
    return Reading(signs=(Sign(f"{highest.id}:{below}"),))
