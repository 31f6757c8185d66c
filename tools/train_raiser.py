"""Learn the weights of the learned part of the red flags from the texts in ``data/raiser``.

    python -m tools.train_raiser             write bot/clinical/data/raiser.npz
    python -m tools.train_raiser --measure   recall on texts of a writer who was not learnt from, and false alarms

``emergencies.tsv`` has writer, level, rule and text; ``no_emergencies.tsv`` has kind and text, "near" being those
that come close to an alarm. The threshold is the lowest at which, cross-validated, few enough of them are raised.
The same texts and the same versions give the same file.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, diags, hstack
from sklearn.linear_model import LogisticRegression

from bot.clinical import alarm_features, raiser
from bot.clinical.alarm_features import BUCKETS, marked, piece_buckets, word_buckets
from bot.clinical.pipeline import Reader, load_lexicon
from bot.clinical.raiser import BODY, DETECTORS, IDF_STEP, LIFE, LIFE_RULE, NAMED, Raiser, Weights, set_aside

TEXTS = Path(__file__).parents[1] / "data" / "raiser"
RAISED_LEVELS = ("L0", "L1", "L2")
BODY_LEVELS = RAISED_LEVELS[1:]
NO_ALARM_LEVEL = "L4"  # emergencies.tsv also holds what can wait; L3 teaches neither the one nor the other
# Share of texts that may be raised falsely, for each detector: of those near an alarm, and of all others
ALLOWED = {LIFE: (0.02, 0.001), BODY: (0.008, 0.005)}
MET_TWICE = 2  # a feature of one text only is chance
FEWEST_OF_LABEL = 8
FOLDS = 4
NEVER = (np.inf, np.inf)
STRENGTH, NAMES_STRENGTH = 4.0, 30.0  # inverse regularisation, chosen between writers
STEPS = 127  # of a weight in eight bits


@dataclass(frozen=True)
class Row:
    """One text with what the rules and the features see in it; ``level`` is None where there is no emergency."""

    group: str
    level: str | None
    rule: str | None
    words: tuple[str, ...]
    by_rules: str | None


def main(argv: Sequence[str] | None = None) -> int:
    """Write the weights, or print the measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--measure", action="store_true", help="print recall and false alarms instead")
    measure = parser.parse_args(argv).measure
    emergencies, others = rows()
    if measure:
        _measure(emergencies, others)
        return 0
    weights = trained(emergencies, others, thresholds_of(emergencies, others))
    write(weights, raiser.WEIGHTS)
    print(f"{raiser.WEIGHTS.name}: {raiser.WEIGHTS.stat().st_size / 1000:.0f} kB, {len(weights.labels)} labels,"
          f" thresholds {weights.thresholds}")  # fmt: skip
    return 0


def text_digest(folder: Path = TEXTS) -> str:
    """SHA-256 over the texts and the features made of them; stored in the weights so that they cannot go stale."""
    total = hashlib.sha256()
    for path in (folder / "emergencies.tsv", folder / "no_emergencies.tsv", Path(alarm_features.__file__)):
        total.update(path.read_bytes())
    return total.hexdigest()


def rows() -> tuple[list[Row], list[Row]]:
    """Emergencies and no emergencies, each read by the rules."""
    reader = Reader(load_lexicon(), raiser=None)
    return (
        [_row(reader, text, writer, level, rule) for writer, level, rule, text in _table("emergencies.tsv")],
        [_row(reader, text, kind) for kind, text in _table("no_emergencies.tsv")],
    )


def _table(name: str) -> list[list[str]]:
    with (TEXTS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]


def _row(reader: Reader, text: str, group: str, level: str | None = None, rule: str | None = None) -> Row:
    norms, spans, reading = reader.read_tokens(text)
    by_rules = reading.red_flags[0].level if reading.red_flags else None
    return Row(group, level, rule, tuple(marked(norms, set_aside(spans, reading))), by_rules)


# --- learning ---------------------------------------------------------------------------------------------


def trained(
    emergencies: Sequence[Row], others: Sequence[Row], thresholds: tuple[float, ...], *, naming: bool = True
) -> Weights:
    """Weights learnt from these texts, in the steps in which they are stored; ``naming``: also to name the rule."""
    learnt = [row for row in emergencies if row.level in (*RAISED_LEVELS, NO_ALARM_LEVEL)] + list(others)
    idf = np.stack([_idf(learnt, group) for group in range(raiser.GROUPS)])
    matrix = _matrix(learnt, idf)
    found = [_detector(matrix, [_is_alarm(row, detector) for row in learnt]) for detector in DETECTORS]
    labels, names, names_bias = _named(emergencies, idf) if naming else ((), np.ones((NAMED, 1)), np.zeros(1))
    return Weights(
        alarm=_stepped(np.stack([model.coef_.reshape(raiser.GROUPS, BUCKETS) for model in found])),
        idf=idf,
        bias=tuple(float(model.intercept_[0]) for model in found),
        thresholds=thresholds,
        names=_stepped(names),
        names_bias=names_bias,
        labels=labels,
        digest=text_digest(),
    )


def _is_alarm(row: Row, detector: int) -> bool:
    return row.level == LIFE_RULE[1] if detector == LIFE else row.level in RAISED_LEVELS


def _detector(matrix: Any, alarm: Sequence[bool]) -> Any:
    return LogisticRegression(C=STRENGTH, max_iter=1000, class_weight="balanced").fit(matrix, alarm)


def _named(emergencies: Sequence[Row], idf: Any) -> tuple[tuple[tuple[str, Any], ...], Any, Any]:
    count = Counter((row.rule, row.level) for row in emergencies if row.level in BODY_LEVELS)
    known = [row for row in emergencies if count[row.rule, row.level] >= FEWEST_OF_LABEL]
    model = LogisticRegression(C=NAMES_STRENGTH, max_iter=500, tol=1e-3)
    model.fit(_folded(_group_matrix(known, idf[0], 0)), [f"{row.rule}:{row.level}" for row in known])
    labels = tuple(tuple(str(label).split(":")) for label in model.classes_)
    return labels, model.coef_.T, model.intercept_.astype(np.float32)  # type: ignore[return-value]


def _idf(texts: Sequence[Row], group: int) -> Any:
    seen = np.zeros(BUCKETS)
    for row in texts:
        seen[_buckets(row, group)] += 1
    idf = np.log((1 + len(texts)) / (1 + seen)) + 1
    idf[seen < MET_TWICE] = 0
    return (np.round(idf / IDF_STEP) * IDF_STEP).astype(np.float32)


@cache
def _cached(words: tuple[str, ...], group: int) -> tuple[int, ...]:
    found = (word_buckets, piece_buckets)[group](words)
    return tuple(sorted({bucket for bucket, _ in found}))


def _buckets(row: Row, group: int) -> list[int]:
    return list(_cached(row.words, group))


def _matrix(texts: Sequence[Row], idf: Any) -> Any:
    parts = [_group_matrix(texts, idf[group], group) for group in range(raiser.GROUPS)]
    return hstack(parts).tocsr()


def _group_matrix(texts: Sequence[Row], idf: Any, group: int) -> Any:
    found = [_buckets(row, group) for row in texts]
    ends = np.cumsum([0, *map(len, found)])
    columns = np.concatenate([np.array(one, dtype=np.int64) for one in found])
    matrix = csr_matrix((idf[columns].astype(np.float64), columns, ends), shape=(len(texts), BUCKETS))
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return (diags(1 / np.where(lengths > 0, lengths, 1)) @ matrix).tocsr()


def _folded(matrix: Any) -> Any:
    """The columns of all buckets added up to those that name the rule."""
    coo = matrix.tocoo()
    return csr_matrix((coo.data, (coo.row, coo.col % NAMED)), shape=(matrix.shape[0], NAMED))


def _stepped(weights: Any) -> Any:
    scale = np.abs(weights).max() / STEPS
    return (np.round(weights / scale) * scale).astype(np.float32)


def write(weights: Weights, path: Path) -> None:
    """Store the weights: eight bits each, compressed."""
    alarm_scale, names_scale = (float(np.abs(part).max()) / STEPS for part in (weights.alarm, weights.names))
    np.savez_compressed(
        path,
        alarm=np.round(weights.alarm / alarm_scale).astype(np.int8),
        idf=np.round(weights.idf / IDF_STEP).astype(np.uint8),
        names=np.round(weights.names / names_scale).astype(np.int8),
        names_bias=weights.names_bias.astype(np.float16),
        labels=np.array([":".join(label) for label in weights.labels]),
        scales=np.array([alarm_scale, names_scale, *weights.bias, *weights.thresholds]),
        digest=np.array(weights.digest),
    )


# --- threshold and measurement ------------------------------------------------------------------------------


def thresholds_of(emergencies: Sequence[Row], others: Sequence[Row]) -> tuple[float, ...]:
    """For each detector the lowest threshold at which few enough of texts not learnt from are raised."""
    scores: dict[tuple[int, bool], list[float]] = defaultdict(list)
    for fold in range(FOLDS):
        learnt = [row for at, row in enumerate(others) if at % FOLDS != fold]
        model = Raiser(trained(emergencies, learnt, NEVER, naming=False))
        for row in others[fold::FOLDS]:
            for detector in DETECTORS:
                if row.by_rules not in raiser.ANSWERED_BY_RULES and len(row.words) >= raiser.FEWEST_WORDS:
                    scores[detector, row.group == "near"].append(model.score(row.words, detector))
    return tuple(
        max(_lowest(scores[detector, near], allowed) for near, allowed in zip((True, False), shares, strict=True))
        for detector, shares in ALLOWED.items()
    )


def _lowest(scores: Sequence[float], allowed: float) -> float:
    """The lowest threshold that at most this share of ``scores`` reaches."""
    falling = sorted(scores, reverse=True)
    return float(np.nextafter(falling[int(allowed * len(falling))], np.inf))


def _measure(emergencies: Sequence[Row], others: Sequence[Row]) -> None:
    thresholds = thresholds_of(emergencies, others)
    print(f"thresholds {thresholds}")
    for fold, writer in enumerate(sorted({row.group for row in emergencies})):
        learnt = [row for row in emergencies if row.group != writer]
        known = [row for at, row in enumerate(others) if at % FOLDS != fold]
        model = Raiser(trained(learnt, known, thresholds))
        for level in RAISED_LEVELS:
            _tell_recall(model, writer, [row for row in emergencies if row.group == writer and row.level == level])
        _tell_alarms(model, others[fold::FOLDS])


def _tell_recall(model: Raiser, writer: str, texts: Sequence[Row]) -> None:
    if not texts:
        return
    before = [_enough(row.by_rules, row.level) for row in texts]
    named = [None if row.by_rules in raiser.ANSWERED_BY_RULES else model.heard(row.words) for row in texts]
    after = [had or (new is not None and _enough(new[1], row.level))
             for had, new, row in zip(before, named, texts, strict=True)]  # fmt: skip
    right = [new[0] == row.rule for new, row in zip(named, texts, strict=True) if new is not None]
    urgent = [row.by_rules in RAISED_LEVELS or new is not None for new, row in zip(named, texts, strict=True)]
    print(f"writer {writer} {texts[0].level}: {len(texts)} texts, rules {np.mean(before):.3f},"
          f" with the learned part {np.mean(after):.3f}, any of L0-L2 {np.mean(urgent):.3f};"
          f" raised {len(right)}, rule right {np.mean(right or [0]):.2f}")  # fmt: skip


def _enough(level: str | None, wanted: str | None) -> bool:
    return level is not None and wanted is not None and level <= wanted


def _tell_alarms(model: Raiser, texts: Sequence[Row]) -> None:
    for kind in sorted({row.group for row in texts}):
        mine = [row for row in texts if row.group == kind and row.by_rules not in raiser.ANSWERED_BY_RULES]
        raised = sum(model.heard(row.words) is not None for row in mine)
        print(f"    falsely raised, {kind}: {raised} of {len(mine)} = {raised / len(mine):.3%}")


if __name__ == "__main__":
    raise SystemExit(main())
