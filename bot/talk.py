"""A talk so far: the conversation's slots, and what they mean for the next step. Pure.

`bot.hearing` adds a message to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal

from bot.case import reading_of
from bot.knowledge import load
from bot.knowledge.choices import Question
from bot.knowledge.feeling import Place, feeling_question
from bot.knowledge.intake import MOST_QUESTIONS, main_complaint, next_question
from bot.knowledge.red_flags import red_flags
from bot.reading import Finding, Reading, RedFlag
from bot.whom import whom_question

# What a message was: an answer to the pending question, something told, a wish, nothing that was understood, the one
# "nothing" too many, after which the question counts as answered with "not sure"; something put right, an undoing, an
# undoing with nothing to undo; what needs a yes before an urgent answer is lifted, and the yes that lifts it: somebody
# has seen to it, or it was never so.
Heard = Literal[
    "answer", "told", "request", "nothing", "given_up", "corrected", "undone", "not_undone",
    "confirm", "dealt_with", "taken_back",
]  # fmt: skip

QUESTION_PREFIX = "ask_"
REQUESTS = frozenset({"why", "ask_my_doctor", "start_over", "help", "delete_my_data", "check_reading"})
# Requests too, unless something is told in passing.
SMALL_TALK = frozenset({"greet", "thanks", "goodbye", "small_talk", "anger", "command", "worry", "other_language"})
# Below this the classifier only guesses: short answers ("everywhere", "all the time") came out as small talk with 0.3
# to 0.4 where real greetings have 0.5 and more (measured on the trained model).
SURE_OF_SMALL_TALK = 0.45
# A question below this that also tells of a symptom is taken for telling ("I feel low, tired all the time").
SURE_OF_QUESTION = 0.5
UNSURE_INTENT, DENYING_INTENT, CORRECTING_INTENT, DISTRESS_INTENT = "not_sure", "deny", "correct", "distress"
FOREIGN_INTENT = "other_language"
# From here on what the English word lists read in a message is taken for a chance likeness ("mois" is no medicine).
SURE_OF_LANGUAGE = 0.6
TELLING_INTENT = "inform"
# Question.slot and Question.id in intake.yml
RED_FLAG_SLOT, EXPOSURE_SLOT, DURATION_SLOT, LOCATION_SLOT = "red_flag_answer", "exposures", "duration", "location"
SYMPTOM_QUESTION, DIRECT_QUESTION, FEELING_QUESTION = "symptoms", "thoughts_of_suicide", "feeling"
SAID_OF_SOMEBODY = ("present", "other")  # for the rules somebody else's symptom counts like one's own
UNDOING = ("undone", "not_undone")  # what a talk heard when it was to take something back
SET_ASIDE = ("abuse",)  # inside the intake answered by a rule, like a question; then the open question returns
URGENT_LEVELS = ("L0", "L1", "L2", "L3")  # most urgent first; L4 and L5 do not interrupt a talk (knowledge base 4.1)
RED_FLAG_QUESTIONS = 2  # tap-lists of red flags in one round of questions


@dataclass(frozen=True)
class Message:
    """What the person has just written, as the trained model and the clinical ring read it."""

    id: str
    text: str
    intent: str
    reading: Reading

    @classmethod
    def from_parse(cls, parsed: Mapping[str, Any], message_id: str | None = None) -> Message:
        """From Rasa's parse data of the latest message; whatever is missing there, or merely guessed, is empty."""
        guess = parsed.get("intent") or {}
        reading = reading_of(parsed.get("entities") or ())
        if guess.get("name") == FOREIGN_INTENT and guess.get("confidence", 1.0) >= SURE_OF_LANGUAGE:
            reading = Reading(red_flags=reading.red_flags)
        return cls(
            id=message_id or parsed.get("message_id") or "",
            text=parsed.get("text") or "",
            intent=_meant(guess.get("name") or "", guess.get("confidence", 1.0), reading),
            reading=reading,
        )

    @property
    def asks(self) -> bool:
        """Whether it wants something instead of telling something."""
        if self.intent in SMALL_TALK:
            return not self.tells
        return self.intent in REQUESTS or self.intent.startswith(QUESTION_PREFIX)

    @property
    def tells(self) -> bool:
        """Whether anything was read in it that is worth noting; a length of time alone is not."""
        return replace(self.reading, durations=(), red_flags=()) != Reading()


def _meant(intent: str, confidence: float, reading: Reading) -> str:
    """The intent, unless it is a mere guess: no small talk then, and no question where a symptom is told."""
    if intent in SMALL_TALK and confidence < SURE_OF_SMALL_TALK:
        return ""
    told = any(finding.status in SAID_OF_SOMEBODY for finding in reading.findings)
    unsure = intent.startswith(QUESTION_PREFIX) and confidence < SURE_OF_QUESTION
    return TELLING_INTENT if told and unsure else intent


@dataclass(frozen=True)
class Talk:
    """The conversation's slots; each field is the slot of that name. JSON-ready values only."""

    findings: list[dict[str, Any]] = field(default_factory=list)
    exposures: list[dict[str, Any]] = field(default_factory=list)
    signs: list[dict[str, Any]] = field(default_factory=list)
    lab_results: list[dict[str, Any]] = field(default_factory=list)
    profile: dict[str, Any] = field(default_factory=dict)
    doses: list[float] = field(default_factory=list)
    duration: float | None = None
    location: list[str] = field(default_factory=list)
    place: dict[str, Any] | None = None
    news: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    pending_question: str | None = None
    misunderstood: int = 0
    heard: Heard | None = None
    last_message: str | None = None
    intake_complete: bool | None = None
    result_given: bool | None = None
    results: int = 0
    red_flag: dict[str, Any] | None = None
    confirming: dict[str, Any] | None = None
    dealt_with: list[str] = field(default_factory=list)
    history: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def from_slots(cls, slots: Mapping[str, Any]) -> Talk:
        """From a tracker's slots; an unset slot is the field's default."""
        return cls(**{f.name: slots[f.name] for f in fields(cls) if slots.get(f.name) is not None})

    def slots(self) -> dict[str, Any]:
        """All fields as slot values."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    @property
    def case(self) -> Reading:
        """All that is known, as one reading."""
        return Reading.from_dict(self.slots())

    @property
    def has_symptom(self) -> bool:
        """Whether a symptom was told that somebody has now."""
        return any(finding["status"] in SAID_OF_SOMEBODY for finding in self.findings)

    @property
    def has_exposure(self) -> bool:
        """Whether something was told that bears on vitamin D."""
        return any(exposure["status"] in SAID_OF_SOMEBODY for exposure in self.exposures)

    @property
    def has_substance(self) -> bool:
        """Whether there is anything an assessment could be about."""
        return self.has_symptom or self.has_exposure

    @property
    def tells_symptom(self) -> bool:
        """Whether the last message told a symptom that somebody has now."""
        return any("concept" in item and item["status"] in SAID_OF_SOMEBODY for item in self.news)

    def is_dealt_with(self, flag: RedFlag) -> bool:
        """Whether the person confirmed that somebody has seen to this flag, at this level or a more urgent one."""
        seen = [level for name, _, level in (entry.partition(":") for entry in self.dealt_with) if name == flag.id]
        return any(level <= flag.level for level in seen)

    @property
    def rules_dealt_with(self) -> tuple[str, ...]:
        """Ids of the red-flag rules that somebody has seen to."""
        return tuple(entry.partition(":")[0] for entry in self.dealt_with)

    @property
    def is_open(self) -> bool:
        """Whether the intake can go on: a symptom to ask about, or none after it was asked for."""
        asked_for = self.has_substance and SYMPTOM_QUESTION in self.asked
        return not self.intake_complete and (self.has_symptom or asked_for or self.is_unfelt)

    @property
    def is_unfelt(self) -> bool:
        """Whether a place was named, and neither what is felt there nor any symptom."""
        return self.place is not None and not self.has_symptom and FEELING_QUESTION not in self.asked

    @property
    def is_ready(self) -> bool:
        """Whether a result may be given: a completed intake in which something was read."""
        return self.intake_complete is True and self.has_substance

    @property
    def most_questions(self) -> int:
        """How many questions the talk may have in all: each result allows another round."""
        return MOST_QUESTIONS * (self.results + 1)

    @property
    def is_unclear_whom(self) -> bool:
        """Whether it is open whom the talk is about, and has not been asked."""
        return whom_question(self.case, self.asked) is not None

    @property
    def question(self) -> Question | None:
        """The question that waits for an answer."""
        return to_ask(self) if self.pending_question else None


def to_ask(talk: Talk) -> Question | None:
    """What the intake has to ask next; None when nothing is missing.

    The knowledge base asks about the main complaint. The red flags of one more complaint are asked too, also of one
    that is told after a result: each result allows another round of questions.
    """
    if whom := whom_question(talk.case, talk.asked):
        return whom
    if talk.place is not None and talk.is_unfelt:
        return feeling_question(Place.from_slot(talk.place), talk.case.profile.about)
    case, limit = talk.case, talk.most_questions
    question = next_question(case, talk.asked, limit=limit)
    asked = len(_red_flag_questions() & set(talk.asked))
    if is_safety(question) or asked >= RED_FLAG_QUESTIONS * (talk.results + 1):
        return question
    main = main_complaint(case)
    same = [finding for finding in case.findings if main is not None and finding.status == main.status]
    led = (next_question(_led_by(case, finding), talk.asked, limit=limit) for finding in same)
    return next((other for other in led if is_safety(other)), question)


def steps_aside(talk: Talk, message: Message) -> bool:
    """Whether the intake leaves this message to the rules, and goes on when they have answered."""
    return talk.heard == "request" or (talk.heard == "nothing" and message.intent in SET_ASIDE)


def is_safety(question: Question | None) -> bool:
    """Whether it asks about red flags."""
    return question is not None and question.slot == RED_FLAG_SLOT


def _red_flag_questions() -> set[str]:
    return {bundle.id for bundle in load().intake.bundles}


def _led_by(case: Reading, finding: Finding) -> Reading:
    return replace(case, findings=(finding, *(other for other in case.findings if other is not finding)))


def urgent_flag(talk: Talk, reading: Reading) -> RedFlag | None:
    """The flag that has to be answered now: one set off by this very message, or one that the talk as a whole has
    newly reached. Never a lower one than was said before; None if nothing new is urgent."""
    said = None if talk.red_flag is None else RedFlag.from_dict(talk.red_flag)
    new = [
        flag
        for flag in red_flags(talk.case)
        if not talk.is_dealt_with(flag) and (said is None or _rank(flag) < _rank(said))
    ]
    due = [flag for flag in (*reading.red_flags, *new) if flag.level in URGENT_LEVELS]
    if not due:
        return None
    most = min(due, key=_rank)
    return said if said is not None and _rank(said) < _rank(most) else most


def _rank(flag: RedFlag) -> str:
    return flag.level  # "L0" sorts before "L1"


def asks_directly(talk: Talk, message: Message) -> bool:
    """Whether the direct question about suicide is due at once: despair without a symptom, not yet answered."""
    return message.intent == DISTRESS_INTENT and not message.reading.findings and DIRECT_QUESTION not in talk.asked
