"""medspaCy as a reader of the same texts, for comparison, in an environment of its own; imports nothing of the bot.

``python tools/medspacy_reader.py WORDINGS.json < GOLD.jsonl > READ.jsonl``: its phrase matcher with the bot's own
plain wordings, and its ConText engine with the rules that it ships. Negated is read as absent, historical as past,
family as other, hypothetical as hypothetical; it has no places, sides or durations.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import medspacy
from medspacy.target_matcher import TargetRule

# Its sentence splitter writes every token of the text to the log at DEBUG unless told not to.
try:
    from loguru import logger

    logger.disable("PyRuSH")
except ImportError:
    pass


def status(entity: Any) -> str:
    """The status of an entity as the bot names it."""
    marks = entity._
    if marks.is_negated:
        return "absent"
    if marks.is_family:
        return "other"
    if marks.is_hypothetical:
        return "hypothetical"
    return "past" if marks.is_historical else "present"


def main() -> int:
    """Read gold rows on standard input with the wordings of the file given."""
    with open(sys.argv[1], encoding="utf-8") as file:
        wordings = json.load(file)
    nlp = medspacy.load(medspacy_enable=["medspacy_pyrush", "medspacy_target_matcher", "medspacy_context"])
    rules = [TargetRule(w["words"], "EXPOSURE:" + w["exposure"] if "exposure" in w else w["concept"]) for w in wordings]
    nlp.get_pipe("medspacy_target_matcher").add(rules)
    for line in filter(str.strip, sys.stdin):
        row = json.loads(line)
        findings, exposures = [], []
        for entity in nlp(row["text"]).ents:
            kind, _, name = entity.label_.rpartition(":")
            item = {"exposure" if kind else "concept": name, "span": entity.text, "status": status(entity)}
            (exposures if kind else findings).append(item)
        print(json.dumps({"id": row["id"], "findings": findings, "exposures": exposures, "durations": []}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
