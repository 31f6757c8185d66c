"""The learned part of the red flags: it may raise the urgency of a text, and never lowers one.

The rules (``bot.knowledge.red_flags``) decide first. Emergencies in words that no rule knows are recognised by a
linear score over the words, learnt from the texts in ``data/raiser`` (``make raiser``). It names the rule whose texts
are nearest and is marked as learned, so that the answer claims no more than that the text sounds urgent.
"""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from bot.clinical.alarm_features import BUCKETS, marked, piece_buckets, word_buckets
from bot.clinical.wordlists import DATA, LexiconError
from bot.reading import Exposure, Finding, Level, Reading, RedFlag, Sign

WEIGHTS = DATA / "raiser.npz"
SET_ASIDE_STATUS = frozenset({"absent", "past", "hypothetical"})
IDF_STEP = 1 / 16  # a stored rarity of 16 is 1.0
NAMED = 256 * 32  # buckets that name the rule: fewer, as each has a weight for every rule
GROUPS = 2  # words with pairs, pieces of words
LIFE, BODY = 0, 1  # the detectors: thoughts of ending one's life, and every other emergency
DETECTORS = (LIFE, BODY)
LIFE_RULE: tuple[str, Level] = ("RF-00", "L0")
NO_SPAN = (0, 0)
ANSWERED_BY_RULES = frozenset({"L0", "L1", "L2", "L3"})  # levels that have an urgent answer of their own
FEWEST_WORDS = 5  # of fewer, single words decide, and "I don't think so" is like thoughts of suicide
MOST: Level = "L1"
LESS: Level = "L2"
ENOUGH = 0.5  # chance from which the more urgent of the two levels is raised

Vector = npt.NDArray[np.float64]
Buckets = list[tuple[int, tuple[int, ...]]]


@dataclass(frozen=True)
class Weights:
    """``alarm``: for each detector one row a group of features; ``idf``: the groups; ``names``: one column a label."""

    alarm: npt.NDArray[np.float32]
    idf: npt.NDArray[np.float32]
    bias: tuple[float, ...]
    thresholds: tuple[float, ...]
    names: npt.NDArray[np.float32]
    names_bias: npt.NDArray[np.float32]
    labels: tuple[tuple[str, Level], ...]
    digest: str


class Raiser:
    """Scores texts with one set of weights."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights

    def score(self, words: Sequence[str], detector: int = BODY) -> float:
        """How much the words sound like the emergencies learnt from; an alarm from the threshold on."""
        return self.weights.bias[detector] + float(self._by_place(words)[detector].sum())

    def heard(self, words: Sequence[str]) -> tuple[str, Level] | None:
        """The rule and level that the words alone would raise; None below both thresholds."""
        return self._heard(words, self._by_place(words))[0]

    def raised(
        self, norms: Sequence[str], spans: Sequence[tuple[int, int]], text: str, reading: Reading
    ) -> tuple[RedFlag, ...]:
        """The red flags of ``reading``, and before them a learned one where no rule holds that is urgent.

        ``norms`` and ``spans``: the tokens of ``text`` and their character offsets.
        """
        if any(flag.level in ANSWERED_BY_RULES for flag in reading.red_flags):
            return reading.red_flags
        words = marked(norms, set_aside(spans, reading))
        by_place = self._by_place(words)
        heard, detector = self._heard(words, by_place)
        if heard is None:
            return reading.red_flags
        start, end = _heaviest(by_place[detector], spans)
        flag = RedFlag(*heard, text[start:end], start, end, learned=True)
        return (flag, *(other for other in reading.red_flags if other.id != flag.id))

    def _heard(self, words: Sequence[str], by_place: Vector) -> tuple[tuple[str, Level] | None, int]:
        if sum(map(bool, words)) < FEWEST_WORDS:
            return None, BODY
        scores = [bias + float(part.sum()) for bias, part in zip(self.weights.bias, by_place, strict=True)]
        sure = [score >= threshold for score, threshold in zip(scores, self.weights.thresholds, strict=True)]
        # An alarm that is likelier about taking one's life than not gets the crisis line.
        if sure[LIFE] or (sure[BODY] and scores[LIFE] >= 0.0):
            return LIFE_RULE, LIFE
        return (self.named(words) if sure[BODY] else None), BODY

    def _by_place(self, words: Sequence[str]) -> Vector:
        """What each word adds to the score of each detector; that of a pair is shared by its two words."""
        total = np.zeros((len(DETECTORS), len(words)))
        for group, found in enumerate((word_buckets(words), piece_buckets(words))):
            first = _first_of_each(found)
            if not first:
                continue
            buckets = np.array(list(first))
            idf = self.weights.idf[group, buckets]
            length = float(np.sqrt(np.square(idf).sum()))
            if not length:
                continue
            parts = self.weights.alarm[:, group, buckets] * (idf / length)
            parts /= 2
            one = np.array([places[0] for places in first.values()])
            two = np.array([places[-1] for places in first.values()])
            for detector in DETECTORS:
                total[detector] += np.bincount(one, parts[detector], len(words))
                total[detector] += np.bincount(two, parts[detector], len(words))
        return total

    def named(self, words: Sequence[str]) -> tuple[str, Level]:
        """The rule whose texts are nearest, and the more urgent level unless the lesser is clearly nearer."""
        buckets = np.array(list(_first_of_each(word_buckets(words))))
        idf = self.weights.idf[0, buckets]
        length = float(np.sqrt(np.square(idf).sum())) or 1.0
        scores = self.weights.names_bias + (self.weights.names[buckets % NAMED] * (idf / length)[:, None]).sum(axis=0)
        chances = np.exp(scores - scores.max())
        by_rule: dict[str, float] = {}
        most = 0.0
        for (rule, level), chance in zip(self.weights.labels, chances.tolist(), strict=True):
            by_rule[rule] = by_rule.get(rule, 0.0) + chance
            most += chance if level == MOST else 0.0
        return max(by_rule, key=by_rule.__getitem__), MOST if most >= ENOUGH * chances.sum() else LESS


def set_aside(spans: Sequence[tuple[int, int]], reading: Reading) -> frozenset[int]:
    """The tokens inside what is read as denied, over or only feared."""
    ranges = [
        (item.start, item.end)
        for item in _mentions(reading)
        if item.status in SET_ASIDE_STATUS and item.end > item.start
    ]
    return frozenset(
        place for place, (start, end) in enumerate(spans) if any(low <= start and end <= high for low, high in ranges)
    )


def _mentions(reading: Reading) -> Iterable[Finding | Exposure | Sign]:
    return (*reading.findings, *reading.exposures, *reading.signs)


def _first_of_each(found: Buckets) -> dict[int, tuple[int, ...]]:
    """Each bucket once, with the places where it was first met."""
    first: dict[int, tuple[int, ...]] = {}
    for bucket, places in found:
        if bucket not in first:
            first[bucket] = places
    return first


def _heaviest(by_place: Vector, spans: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Character offsets of the run of words that adds most to the score."""
    best, best_range, begin, running = 0.0, NO_SPAN, 0, 0.0
    for place, value in enumerate(by_place.tolist()):
        if running <= 0.0:
            begin, running = place, 0.0
        running += value
        if running > best and value > 0.0:
            best, best_range = running, (begin, place + 1)
    if best_range == NO_SPAN:
        return NO_SPAN
    return spans[best_range[0]][0], spans[best_range[1] - 1][1]


@lru_cache(maxsize=1)
def load_raiser(path: Path = WEIGHTS) -> Raiser:
    """The weights shipped with the package; ``LexiconError`` names what is wrong with the file."""
    return Raiser(read_weights(path))


def read_weights(path: Path) -> Weights:
    """The weights in ``path``, every array of the shape that the features have."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise LexiconError(f"{path.name}: cannot be read ({type(error).__name__})") from error
    labels = tuple(cast("tuple[str, Level]", tuple(str(label).split(":"))) for label in arrays.get("labels", ()))
    shapes = {
        "alarm": (len(DETECTORS), GROUPS, BUCKETS),
        "idf": (GROUPS, BUCKETS),
        "names": (NAMED, len(labels)),
        "names_bias": (len(labels),),
        "labels": (len(labels),),
        "scales": (2 + 2 * len(DETECTORS),),
        "digest": (),
    }
    _check(path, arrays, shapes)
    alarm_scale, names_scale, *limits = arrays["scales"].tolist()
    return Weights(
        alarm=arrays["alarm"].astype(np.float32) * np.float32(alarm_scale),
        idf=arrays["idf"].astype(np.float32) * np.float32(IDF_STEP),
        bias=tuple(limits[: len(DETECTORS)]),
        thresholds=tuple(limits[len(DETECTORS) :]),
        names=arrays["names"].astype(np.float32) * np.float32(names_scale),
        names_bias=arrays["names_bias"].astype(np.float32),
        labels=labels,
        digest=str(arrays["digest"]),
    )


def _check(path: Path, arrays: dict[str, Any], shapes: dict[str, tuple[int, ...]]) -> None:
    wrong: Collection[str] = set(arrays) ^ set(shapes)
    if wrong:
        raise LexiconError(f"{path.name}: arrays missing or unknown: {', '.join(sorted(wrong))}")
    for name, shape in shapes.items():
        if arrays[name].shape != shape:
            raise LexiconError(f"{path.name}: {name} has the shape {arrays[name].shape}, not {shape}")
    wrong_labels = [str(label) for label in arrays["labels"] if len(str(label).split(":")) != 2]
    if wrong_labels or not len(arrays["labels"]):
        raise LexiconError(f"{path.name}: a label is a rule and a level, not {wrong_labels}")
