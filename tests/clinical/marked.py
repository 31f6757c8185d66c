"""Sentences with inline marks: ``my <muscle_cramp absent body=calf>calf cramps</muscle_cramp>``.

A mark names what a careful reader finds: one or more acceptable ids (``a/b``), several findings in one phrase
(``a+b``), a status (left out: present), ``body=`` (words joined by _) and ``side=``;
``<days 21>three weeks</days>`` is a duration.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from bot.clinical import read

SENTENCES = Path(__file__).resolve().parents[1] / "cases" / "sentences"
_MARK = re.compile(r"<([a-z0-9_/+]+)((?:\s[^<>]*)?)>(.*?)</[a-z0-9_/+]+>", re.DOTALL)


@dataclass(frozen=True)
class Marked:
    """One finding or exposure as marked."""

    any_of: frozenset[str]
    status: str
    body: frozenset[str] | None = None
    side: str | None = None


@dataclass(frozen=True)
class Sentence:
    """A sentence without its marks, and what they say."""

    phenomenon: str
    text: str
    marks: tuple[Marked, ...] = ()
    days: tuple[float, ...] = field(default=())


def parse(phenomenon: str, source: str) -> Sentence:
    """The sentence that ``source`` marks up."""
    marks: list[Marked] = []
    days: list[float] = []
    for name, rest, _ in _MARK.findall(source):
        words = rest.split()
        if name == "days":
            days.append(float(words[0]))
            continue
        named = dict(word.split("=", 1) for word in words if "=" in word)
        status = words[0] if words and "=" not in words[0] else "present"
        body = frozenset(part.replace("_", " ") for part in named["body"].split(",")) if "body" in named else None
        for one in name.split("+"):
            marks.append(Marked(frozenset(one.split("/")), status, body, named.get("side")))
    return Sentence(phenomenon, _MARK.sub(lambda mark: mark.group(3), source), tuple(marks), tuple(days))


def sentences() -> list[Sentence]:
    """Every sentence of every table."""
    found = []
    for path in sorted(SENTENCES.glob("*.yml")):
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
        found += [parse(table["phenomenon"], source) for source in table["sentences"]]
    return found


def hits(marks: Iterable[Marked], said: set[tuple[str, str]]) -> int:
    """How many marks are met by a reading of their own, the strictest marks first."""
    left, found = set(said), 0
    for mark in sorted(marks, key=lambda m: len(m.any_of)):
        fits = sorted(item for item in left if item[0] in mark.any_of and item[1] == mark.status)
        left -= set(fits[:1])
        found += bool(fits)
    return found


def f1(group: list[Sentence]) -> float:
    """F1 of (concept or exposure, status) over the sentences."""
    right = said = gold = 0
    for sentence in group:
        reading = read(sentence.text)
        items = {(f.concept, f.status) for f in reading.findings}
        items |= {(e.exposure, e.status) for e in reading.exposures if e.span}
        right += hits(sentence.marks, items)
        said, gold = said + len(items), gold + len(sentence.marks)
    return 2 * right / (said + gold)
