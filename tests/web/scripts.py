"""What the stand-in says: a short intake as the real bot runs it, in the contract's shapes."""

from __future__ import annotations

from typing import Any

Message = dict[str, Any]


def chip(name: str, kind: str = "finding", **more: Any) -> Message:
    """One thing noted, in the shape of ``actions.shown.noted``."""
    corrections = {"remove": f"I do not have {name}"}
    if kind == "finding":
        corrections |= {"place": f"Actually, the {name} is in my {{place}}"}
        corrections |= {"duration": f"Actually, the {name} has lasted {{duration}}"}
    base = {"kind": kind, "id": name.replace(" ", "_"), "name": name, "status": "present", "corrections": corrections}
    return {**base, "place": "", "body": [], "side": None, "duration": "", **more}


TWITCHING = chip("muscle twitching", place="left calf", body=["calf"], side="left", duration="six weeks")
NIGHT_WORK = chip("night work", "exposure")
STANDING = ["none of these", "not sure"]


def question(text: str, slot: str, titles: list[str], step: int, noted: list[Message], *, multi: bool) -> Message:
    """A question as ``action_ask`` asks it."""
    options = [*titles, *STANDING]
    return {
        "text": text,
        "buttons": [{"title": title, "payload": title} for title in options],
        "custom": {
            "type": "question", "slot": slot, "id": slot, "multi": multi, "options": options, "exclusive": STANDING,
            "progress": {"step": step, "of": 4}, "noted": noted,
        },
    }  # fmt: skip


FLAGS = question(
    "Does any of these apply?", "red_flag_answer",
    ["the muscle is getting weaker or thinner", "slurred speech or trouble swallowing", "a new medicine"],
    1, [TWITCHING], multi=True,
)  # fmt: skip
WHERE = question(
    "Where is it? Tap all that fit.", "location", ["calf or shin", "thigh or hip", "back"], 2, [TWITCHING], multi=True
)
HOW_LONG = question(
    "How long has it been going on?", "duration", ["a few days", "2-6 weeks"], 3, [TWITCHING], multi=False
)
LOWERING = question(
    "What could lower your vitamin D? Tap all that fit, or tell me in your words.", "exposures",
    ["little daylight", "skin covered outdoors", "vegan or little fish", "medicines"], 4, [TWITCHING], multi=True,
)  # fmt: skip

RED_FLAG: Message = {
    "text": "This can be an emergency. Call 999 (UK), 112 (EU) or 911 (US/Canada) now. Sit upright and stay still.",
    "custom": {"type": "red_flag", "level": "L1", "rule": "RF-04"},
}

CARD: Message = {
    "title": "Discuss the test",
    "because": "muscle twitching - left calf - six weeks; night work",
    "see_doctor": ["See a GP within a couple of weeks: NHS advice is to do so if a twitch lasts more than 2 weeks."],
    "results": [],
    "links": [
        {
            "concept": "muscle_twitching", "name": "Muscle twitching", "grade": "I", "badge": "INDIRECT",
            "meaning": "Can happen if low vitamin D has lowered your blood calcium - which it usually has not.",
            "line": "Low calcium makes nerves fire by themselves; most twitches have harmless causes.",
            "other_causes": ["stress", "poor sleep", "caffeine", "hard exercise"], "sources": [1, 2],
        },
        {
            "concept": "fatigue", "name": "Tiredness", "grade": "L", "badge": "LIMITED",
            "meaning": "People with this often have low vitamin D, but it is not proven that one causes the other.",
            "line": "", "other_causes": ["poor sleep", "low iron"], "sources": [2],
        },
    ],
    "advice": ["Worth raising with your doctor: a blood test called 25-hydroxyvitamin D."],
    "tests": [
        {"id": "25-oh-d", "name": "25-hydroxyvitamin D (total)", "why": "shows your vitamin D status"},
        {"id": "calcium", "name": "calcium (adjusted)", "why": "low calcium can cause twitching"},
    ],
    "safety_net": ["Get help now (999, 112 or 911) if you cannot swallow well.", "See a doctor if it spreads."],
    "sources": [
        {"id": "C4", "text": "NHS. Twitching eyes and muscles.", "url": "https://www.nhs.uk/symptoms/muscle-twitching/"},
        {"id": "C2", "text": "Holick MF. Vitamin D deficiency. N Engl J Med 2007.", "url": None},
    ],
}  # fmt: skip
RESULT: list[Message] = [
    {"text": "Noted: night work."},
    {"text": "Muscle twitching and vitamin D - INDIRECT: in words", "custom": {"type": "part", "of": "assessment"}},
    {
        "text": "Worth raising with your doctor: a blood test called 25-hydroxyvitamin D.",
        "custom": {
            "type": "assessment", "tier": "T2", "findings": [], "exposures": [], "links": [], "tests": ["25-oh-d"],
            "safety_net": CARD["safety_net"], "card": CARD, "noted": [TWITCHING, NIGHT_WORK],
        },
    },
    {
        "text": "Get help now if you cannot breathe.",
        "buttons": [{"title": t, "payload": t} for t in ("Why?", "What should I ask my doctor for?", "Start over")],
        "custom": {"type": "part", "of": "assessment"},
    },
]  # fmt: skip

INTAKE: dict[str, list[Message]] = {
    "my left calf keeps twitching": [{"text": "Noted: muscle twitching - left calf - six weeks."}, FLAGS],
    "none of these": [WHERE],
    "calf or shin": [HOW_LONG],
    "in my left calf": [HOW_LONG],
    "2-6 weeks": [LOWERING],
    "little daylight, vegan or little fish": RESULT,
    "night work": RESULT,
    "I do not have muscle twitching": [
        {"text": "Noted: no muscle twitching.", "custom": {"type": "noted", "noted": []}}
    ],
    "chest pain": [RED_FLAG],
    "start over": [{"text": "All right.", "custom": {"type": "noted", "noted": [], "afresh": True}}],
}
