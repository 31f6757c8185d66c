"""``python -m bot evaluate --gold FILE``: how much of annotated texts is read right.

Runs ``bot.clinical.read`` over the texts of a JSON-lines file and counts, micro-averaged over the rows not marked
unclear:

    findings    precision, recall, F1 of (concept, status); any concept of a gold item's ``any_of`` is right
    concepts    the same with the status ignored: was the symptom seen at all?
    status      of the findings whose concept was seen, the share with the right status
    body        F1 of (finding, body part) over the findings right in concept and status
    side        share right over those findings whose gold names a side
    durations   F1; a duration is right within 20 % of the gold number of days, or one day
    exposures   F1 of (exposure, status)
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.reading import Reading

DAYS_SHARE, DAYS_LEAST = 0.2, 1.0


class GoldError(Exception):
    """A gold file that cannot be scored against, with its line."""


@dataclass(frozen=True)
class Item:
    """A finding or an exposure of either side: the ids that are right (one, where it was read), and the rest."""

    names: tuple[str, ...]
    status: str
    body: frozenset[str] = frozenset()
    side: str | None = None

    def __str__(self) -> str:
        return f"{self.names[0]} ({self.status})"


@dataclass(frozen=True)
class Notes:
    """What one side, annotator or reader, has of one text."""

    findings: tuple[Item, ...] = ()
    exposures: tuple[Item, ...] = ()
    days: tuple[float, ...] = ()


@dataclass(frozen=True)
class GoldRow:
    """One annotated text."""

    id: str
    text: str
    notes: Notes


@dataclass(frozen=True)
class Share:
    """Hits among what was said and what the gold holds."""

    hit: int
    said: int
    gold: int

    @property
    def precision(self) -> float:
        return self.hit / self.said if self.said else 1.0

    @property
    def recall(self) -> float:
        return self.hit / self.gold if self.gold else 1.0

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True)
class Score:
    """The figures over all rows; ``side`` is None where no gold finding names one."""

    rows: int
    findings: Share
    concepts: Share
    status: float
    body: Share
    side: float | None
    durations: Share
    exposures: Share


@dataclass(frozen=True)
class RowResult:
    """One row's counts, and what differs in it."""

    row: GoldRow
    counts: Counter[str]
    missed: tuple[str, ...]
    extra: tuple[str, ...]


def load_gold(path: Path) -> list[GoldRow]:
    """Rows not marked unclear. GoldError names the line that is no annotated row."""
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
            if not data.get("unclear"):
                rows.append(GoldRow(str(data["id"]), str(data["text"]), _gold_notes(data)))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise GoldError(f"{path}, line {number}: not a row with annotated findings ({error!r})") from error
    return rows


def evaluate(rows: Iterable[GoldRow], read: Callable[[str], Reading]) -> tuple[Score, list[RowResult]]:
    """Read every text and score it: the figures, and the rows in order."""
    return _score([_compare(row, _read_notes(read(row.text))) for row in rows])


def evaluate_read(rows: Iterable[GoldRow], read: Mapping[str, Mapping[str, Any]]) -> Score:
    """Score what another reader made of the texts: rows of ``python -m bot parse`` by their id."""
    return _score([_compare(row, _other_notes(read[row.id])) for row in rows])[0]


def _score(results: list[RowResult]) -> tuple[Score, list[RowResult]]:
    c = sum((result.counts for result in results), Counter[str]())
    score = Score(
        rows=len(results),
        findings=Share(c["finding_hit"], c["finding_said"], c["finding_gold"]),
        concepts=Share(c["concept_hit"], c["finding_said"], c["finding_gold"]),
        status=c["status_right"] / c["concept_hit"] if c["concept_hit"] else 0.0,
        body=Share(c["body_hit"], c["body_said"], c["body_gold"]),
        side=c["side_right"] / c["side_gold"] if c["side_gold"] else None,
        durations=Share(c["days_hit"], c["days_said"], c["days_gold"]),
        exposures=Share(c["exposure_hit"], c["exposure_said"], c["exposure_gold"]),
    )
    return score, results


def _gold_notes(data: Mapping[str, Any]) -> Notes:
    return Notes(
        findings=tuple(_gold_item(item) for item in data["findings"]),
        exposures=tuple(_gold_item(item) for item in data.get("exposures", ())),
        days=tuple(float(duration["days"]) for duration in data.get("durations", ())),
    )


def _gold_item(data: Mapping[str, Any]) -> Item:
    return Item(tuple(data["any_of"]), data["status"], frozenset(data.get("body") or ()), data.get("side"))


def _read_notes(reading: Reading) -> Notes:
    findings = [Item((f.concept,), f.status, frozenset(f.body), f.side) for f in reading.findings]
    exposures = [Item((e.exposure,), e.status) for e in reading.exposures]
    return Notes(_unique(findings), _unique(exposures), tuple(d.days for d in reading.durations))


def _other_notes(data: Mapping[str, Any]) -> Notes:
    findings = [
        Item((f["concept"],), f["status"], frozenset(f.get("body") or ()), f.get("side")) for f in data["findings"]
    ]
    exposures = [Item((e["exposure"],), e["status"]) for e in data.get("exposures", ())]
    return Notes(_unique(findings), _unique(exposures), tuple(float(d["days"]) for d in data.get("durations", ())))


def _unique(items: Iterable[Item]) -> tuple[Item, ...]:
    """One entry for each name and status: a symptom named twice counts once, with the places of both."""
    kept: dict[tuple[str, str], Item] = {}
    for item in items:
        key = (item.names[0], item.status)
        old = kept.get(key, item)
        kept[key] = replace(old, body=old.body | item.body, side=old.side or item.side)
    return tuple(kept.values())


def _compare(row: GoldRow, said: Notes) -> RowResult:
    gold = row.notes
    strict = _pairs(gold.findings, said.findings, any_status=False)
    loose = _pairs(gold.findings, said.findings, any_status=True)
    exposures = _pairs(gold.exposures, said.exposures, any_status=False)
    sides = [(g, s) for g, s in strict if g.side]
    counts = Counter(
        finding_hit=len(strict),
        finding_said=len(said.findings),
        finding_gold=len(gold.findings),
        concept_hit=len(loose),
        status_right=sum(g.status == s.status for g, s in loose),
        body_hit=sum(len(g.body & s.body) for g, s in strict),
        body_said=sum(len(s.body) for _, s in strict),
        body_gold=sum(len(g.body) for g, _ in strict),
        side_gold=len(sides),
        side_right=sum(g.side == s.side for g, s in sides),
        days_hit=_days_hit(gold.days, said.days),
        days_said=len(said.days),
        days_gold=len(gold.days),
        exposure_hit=len(exposures),
        exposure_said=len(said.exposures),
        exposure_gold=len(gold.exposures),
    )
    pairs = strict + exposures
    return RowResult(
        row,
        counts,
        missed=_left_over(gold.findings + gold.exposures, [g for g, _ in pairs]),
        extra=_left_over(said.findings + said.exposures, [s for _, s in pairs]),
    )


def _pairs(gold: Iterable[Item], said: Iterable[Item], *, any_status: bool) -> list[tuple[Item, Item]]:
    """Each gold item with one unused reading that fits, the gold with the fewest options choosing first.

    A reading with the gold's status goes before one without.
    """
    left, pairs = list(said), []
    for item in sorted(gold, key=lambda g: len(g.names)):
        fits = [s for s in left if s.names[0] in item.names and (any_status or s.status == item.status)]
        if fits:
            chosen = min(fits, key=lambda s: s.status != item.status)
            left.remove(chosen)
            pairs.append((item, chosen))
    return pairs


def _days_hit(gold: Iterable[float], said: Iterable[float]) -> int:
    left, hits = list(said), 0
    for days in gold:
        near = [d for d in left if abs(d - days) <= max(DAYS_LEAST, DAYS_SHARE * days)]
        if near:
            left.remove(min(near, key=lambda d: abs(d - days)))
            hits += 1
    return hits


def _left_over(items: Iterable[Item], paired: Sequence[Item]) -> tuple[str, ...]:
    return tuple(str(item) for item in items if all(item is not other for other in paired))


def report(score: Score) -> str:
    """The figures, one a line."""
    shares = {name: getattr(score, name) for name in ("findings", "concepts", "body", "durations", "exposures")}
    lines = [f"rows       {score.rows}"]
    lines += [
        f"{name:10} F1 {s.f1:.3f}  precision {s.precision:.3f}  recall {s.recall:.3f}  (gold {s.gold}, said {s.said})"
        for name, s in shares.items()
    ]
    lines += [f"status     {score.status:.3f}", f"side       {'-' if score.side is None else f'{score.side:.3f}'}"]
    return "\n".join(lines)


def worst(results: Iterable[RowResult], limit: int) -> str:
    """The rows that differ most, the worst first."""
    wrong = sorted((r for r in results if r.missed or r.extra), key=lambda r: -len(r.missed) - len(r.extra))
    return "\n".join(
        f"\n{r.row.id}\n  {r.row.text}\n  missed: {', '.join(r.missed) or '-'}\n  extra:  {', '.join(r.extra) or '-'}"
        for r in wrong[:limit]
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Print the figures and the worst rows; exit status 1 with a message when the gold file cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m bot evaluate", description="Score the reading of annotated texts.")
    parser.add_argument("--gold", required=True, type=Path, help="JSON lines with id, text, findings, ...")
    parser.add_argument("--show", type=int, default=10, metavar="N", help="print the N worst rows (10)")
    args = parser.parse_args(argv)
    try:
        rows = load_gold(args.gold)
    except (OSError, UnicodeDecodeError, GoldError) as error:
        print(f"evaluate: {error}", file=sys.stderr)
        return 1
    from bot.clinical import read  # takes a second: only once the gold file has proved good

    score, results = evaluate(rows, read)
    print(report(score))
    print(worst(results, args.show))
    return 0
