"""The parts of an answer as responses with their values."""

from __future__ import annotations

from actions import wording
from bot.knowledge.answering import Part
from bot.knowledge.labs import Explained

RESPONSES = {  # by kind of part; a matter of record is a claim without a grade
    "claim": "utter_answer_claim",
    "claim_of_record": "utter_answer_claim_of_record",
    "link": "utter_answer_link",
    "link_only": "utter_answer_link_only",
    "exposure": "utter_answer_exposure",
    "exposure_only": "utter_answer_exposure_only",
    "gate": "utter_answer_gate",
    "general": "utter_answer_general",
}


def of_result(item: Explained, cited: list[str]) -> dict[str, str]:
    """The response of an explained result and its values; its sources are added to ``cited``."""
    return {"response": "utter_result_meaning", "say": item.say, "marks": wording.marks(item.sources, cited)}


def of_part(part: Part, cited: list[str]) -> dict[str, str]:
    """The response of a part and its values; its sources are added to ``cited``."""
    kind = part.kind if part.kind != "claim" or part.badge else "claim_of_record"
    causes = wording.words()["more_often"].format(causes=wording.joined(part.causes)) if part.causes else ""
    return {
        "response": RESPONSES[kind],
        "name": part.name,
        "badge": part.badge,
        "answer": wording.joined([part.text, causes, part.end, part.note], "sentences"),
        "marks": wording.marks(part.sources, cited),
    }
