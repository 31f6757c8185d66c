"""How many first messages are read back right: what the bot says it noted, against what a careful reader annotated.

    .venv/bin/python -m tools.readback FILE.jsonl [--show 10]

The file's rows hold ``text`` and ``findings`` with ``any_of`` (concepts that are right) and ``status``; rows marked
``unclear`` are left out. The text is read and merged as in a talk's first turn. Right: every symptom that somebody has
now is noted, as one of its concepts and as one's own or somebody else's, and no other is. Also printed: how many of the
annotated symptoms are noted, and how many besides. What is denied, over or merely feared is not counted.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from actions import wording
from bot.clinical import read
from bot.hearing import heard
from bot.talk import SAID_OF_SOMEBODY, Message, Talk

Noted = set[tuple[str, str]]


def noted(text: str) -> tuple[Noted, str]:
    """Concept and status of each symptom that the first turn reads back, and the words of the read-back."""
    talk = heard(Talk(), Message("first", text, "inform", read(text)))
    said = {(item["concept"], item["status"]) for item in talk.news if "concept" in item}
    return {pair for pair in said if pair[1] in SAID_OF_SOMEBODY}, wording.told(talk.news, talk.case.profile)


def missing_and_added(gold: list[dict[str, Any]], said: Noted) -> tuple[list[str], Noted]:
    """Annotated symptoms that were not noted, and noted ones that nobody annotated."""
    now = [item for item in gold if item["status"] in SAID_OF_SOMEBODY]
    missed = [item["span"] for item in now if not any((name, item["status"]) in said for name in item["any_of"])]
    known = {(name, item["status"]) for item in now for name in item["any_of"]}
    return missed, said - known


def main() -> None:
    """Count and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--show", type=int, default=0, help="how many wrong ones to print")
    given = parser.parse_args()
    rows = [json.loads(line) for line in given.file.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if not row.get("unclear")]
    right = found = annotated = added_in_all = 0
    for row in rows:
        said, words = noted(row["text"])
        missed, added = missing_and_added(row["findings"], said)
        now = sum(item["status"] in SAID_OF_SOMEBODY for item in row["findings"])
        right += not missed and not added
        annotated, found, added_in_all = annotated + now, found + now - len(missed), added_in_all + len(added)
        if (missed or added) and given.show > 0:
            given.show -= 1
            print(f"{row.get('id')}: {words or '-'}\n  not noted: {missed}; nobody said: {sorted(added)}")
    print(f"read back right: {right} of {len(rows)} = {right / len(rows):.3f}")
    print(f"symptoms noted: {found} of {annotated}; noted beside them: {added_in_all}")


if __name__ == "__main__":
    main()
