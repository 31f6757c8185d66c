"""One confirming question before an urgent answer is lifted (knowledge base 4.2 point 1 and 5.2 reading 4). Pure.

An urgent answer stands until the person says, and confirms, that somebody has seen to it, or that what set it off was
never so. "I'm fine now", anger or a change of subject lower nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.knowledge import load
from bot.knowledge.red_flags import red_flags
from bot.phrases import found, is_whole
from bot.reading import Reading, RedFlag
from bot.talk import SAID_OF_SOMEBODY, URGENT_LEVELS, Message, Talk

DEALT_WITH, TAKEN_BACK, NONE_THERE = "dealt_with", "taken_back", "none_there"


def question_of(talk: Talk, message: Message) -> dict[str, Any] | None:
    """What has to be confirmed before the standing urgent answer may be lifted; None when nothing asks for it.

    ``{"what": "dealt_with"}``, or ``{"what": "taken_back", "concepts": [...], "names": [...], "signs": [...]}``; no
    concepts: the whole message that set it off. ``{"what": "none_there"}`` after a "not sure" that counted as possible.
    """
    # A mere score over the words of a denial does not stand in the way of asking whether it is one.
    told = [flag for flag in message.reading.red_flags if not flag.learned]
    if talk.red_flag is None or any(flag.level in URGENT_LEVELS for flag in told):
        return None
    if is_merely_possible(talk) and is_whole(message.text, "none_there"):
        return {"what": NONE_THERE, "concepts": [], "names": []}
    if is_whole(message.text, "never_said_that") or is_whole(message.text, "undo"):
        return {"what": TAKEN_BACK, "concepts": [], "names": []}
    denied = _denied(talk, message)
    if denied:
        names = [load().concepts[name].name for name in denied]
        return {"what": TAKEN_BACK, "concepts": denied, "names": names, "signs": _denied_signs(message)}
    if found(message.text, "dealt_with") and not found(message.text, "not_dealt_with"):
        return {"what": DEALT_WITH, "concepts": [], "names": []}
    return None


def is_confirmed(message: Message) -> bool:
    """Whether the message is a plain yes. An "ok" is none, and no model's guess counts: it would lower a level."""
    return is_whole(message.text, "confirmed")


def is_merely_possible(talk: Talk) -> bool:
    """Whether the standing urgent answer rests on a "not sure" to a list of warning signs (4.2 point 3)."""
    return talk.red_flag is not None and any(sign["sign"] == _marked(talk.red_flag) for sign in talk.signs)


def confirmed(talk: Talk) -> Talk:
    """The talk after the yes: the urgent answer is lifted unless what is left still calls for one."""
    asked = talk.confirming or {}
    if asked["what"] == DEALT_WITH:
        standing = [f"{flag.id}:{flag.level}" for flag in red_flags(talk.case) if flag.level in URGENT_LEVELS]
        said = [_marked(talk.red_flag)] if talk.red_flag else []
        dealt = list(dict.fromkeys([*talk.dealt_with, *said, *standing]))
        return replace(talk, confirming=None, red_flag=None, dealt_with=dealt, heard="dealt_with")
    signs = set(asked.get("signs", ()))
    case = _certain(talk) if asked["what"] == NONE_THERE else _without(talk, set(asked["concepts"]), signs)
    lifted = replace(talk, confirming=None, intake_complete=None, result_given=None, **told(case))
    left = [flag for flag in red_flags(case) if flag.level in URGENT_LEVELS and not talk.is_dealt_with(flag)]
    if left:
        return replace(lifted, red_flag=_plain(left[0]), heard="told")
    return replace(lifted, red_flag=None, heard="taken_back")


def told(case: Reading) -> dict[str, Any]:
    """The slots that hold what was told."""
    plain = case.to_dict()
    return {name: plain[name] for name in ("findings", "exposures", "signs", "lab_results", "profile")}


def _plain(flag: RedFlag) -> dict[str, Any]:
    return {"id": flag.id, "level": flag.level}


def _marked(flag: dict[str, Any]) -> str:
    return f"{flag['id']}:{flag['level']}"


def _certain(talk: Talk) -> Reading:
    """What was told, without what was only possible."""
    possible = _marked(talk.red_flag or {"id": "", "level": ""})
    return replace(talk.case, signs=tuple(sign for sign in talk.case.signs if sign.sign != possible))


def _denied(talk: Talk, message: Message) -> list[str]:
    """The symptoms denied without which the standing rule would not hold; none if something else set it off."""
    there = {item.concept for item in talk.case.findings if item.status in SAID_OF_SOMEBODY}
    denied = [item.concept for item in message.reading.findings if item.status == "absent" and item.concept in there]
    rule = (talk.red_flag or {}).get("id")
    holds = any(flag.id == rule for flag in red_flags(talk.case))
    without = _without(talk, set(denied), set(_denied_signs(message)))
    held_without = any(flag.id == rule for flag in red_flags(without))
    return list(dict.fromkeys(denied)) if denied and holds and not held_without else []


def _denied_signs(message: Message) -> list[str]:
    return list(dict.fromkeys(item.sign for item in message.reading.signs if item.status == "absent"))


def _without(talk: Talk, concepts: set[str], signs: set[str]) -> Reading:
    """What was told without those symptoms and the signs in the words that deny them.

    Without names, as it stood before the message that set the flag off.
    """
    if not concepts:
        before = talk.history[-1] if talk.history else {}
        return Reading.from_dict(before)
    findings = tuple(
        replace(item, status="absent") if item.concept in concepts else item for item in talk.case.findings
    )
    kept = tuple(replace(item, status="absent") if item.sign in signs else item for item in talk.case.signs)
    return replace(talk.case, findings=findings, signs=kept)
