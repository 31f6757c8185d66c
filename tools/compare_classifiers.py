"""Compare ways of telling what a message means: cross-validation on our own examples, then real people's texts.

    python tools/compare_classifiers.py [--only NAME ...] [--folds 5] [--rounds N] [--texts FOLDER]

Every candidate is a Rasa pipeline that differs from config.yml in the part its name says. FOLDER holds
``questions_dev.jsonl``, ``scope_dev.jsonl`` and ``muscle_dev.jsonl``; without it only the cross-validation is done.
``--rounds`` stops after so many folds: DIET takes minutes for each.
Prints one line each: share of right intents over all folds, macro-averaged F1, right topics, texts rightly declined,
texts rightly accepted, seconds to train and to load, milliseconds a message.
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

import yaml  # noqa: E402

from bot.understanding import OUT_OF_SCOPE, load_nlu, understood  # noqa: E402

SEED = 42
CHOSEN = "bot.nlu.svm_classifier.SeededSvmClassifier"
CONCEPTS = "bot.nlu.concept_featurizer.ConceptFeaturizer"
SENTENCE = "bot.nlu.sentence_featurizer.SentenceFeaturizer"
WORDS = [
    {"name": "WhitespaceTokenizer"},
    {"name": "CountVectorsFeaturizer", "token_pattern": r"(?u)\b\w+\b", "min_ngram": 1, "max_ngram": 2},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 2, "max_ngram": 4, "min_df": 2},
]
REGRESSION = {"name": "LogisticRegressionClassifier", "solver": "liblinear", "max_iter": 200, "random_state": SEED}
DIET = {
    "name": "DIETClassifier",
    "entity_recognition": False,
    "random_seed": SEED,
    "epochs": 20,  # training accuracy is over 0.99 by then
    "constrain_similarities": True,
}

Pipeline = list[dict[str, Any]]
Examples = list[tuple[str, str]]


def without(name: str) -> Callable[[Pipeline], Pipeline]:
    """The pipeline less one component."""
    return lambda pipeline: [part for part in pipeline if part["name"] != name]


def words(classifier: dict[str, Any], *, sentence: bool) -> Callable[[Pipeline], Pipeline]:
    """The pipeline with words and pieces of words, beside or instead of the sentence, and another classifier."""

    def changed(pipeline: Pipeline) -> Pipeline:
        kept = pipeline if sentence else without(SENTENCE)(pipeline)
        return [*WORDS, *(classifier if part["name"] == CHOSEN else part for part in kept)]

    return changed


CANDIDATES: dict[str, Callable[[Pipeline], Pipeline]] = {
    "config.yml": lambda pipeline: pipeline,
    "without-concepts": without(CONCEPTS),
    "words": words(REGRESSION, sentence=False),
    "words-and-sentence": words(REGRESSION, sentence=True),
    "diet": words(DIET, sentence=True),
}


def examples() -> Examples:
    """All training examples as (text, intent), in the order of the files."""
    found: Examples = []
    for path in sorted((PROJECT / "data/nlu").rglob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu", ()):
            found += [(line[2:].strip(), block["intent"]) for line in block["examples"].splitlines()]
    return found


def folds(data: Examples, number: int) -> Iterator[tuple[Examples, Examples]]:
    """(train, test) pairs, each intent spread evenly over the folds."""
    shuffled = sorted(random.Random(SEED).sample(data, len(data)), key=lambda example: example[1])
    for fold in range(number):
        test = shuffled[fold::number]
        held = set(test)
        yield [example for example in shuffled if example not in held], test


def trained(pipeline: Pipeline, data: Examples, folder: Path) -> Path:
    """A model of these examples."""
    from rasa.model_training import train_nlu

    intents: dict[str, list[str]] = {}
    for text, intent in data:
        intents.setdefault(intent, []).append(f"- {text}\n")
    blocks = [{"intent": intent, "examples": "".join(lines)} for intent, lines in intents.items()]
    config = yaml.safe_load((PROJECT / "config.yml").read_text(encoding="utf-8"))
    written = {"nlu.yml": {"version": "3.1", "nlu": blocks}, "config.yml": {**config, "pipeline": pipeline}}
    for name, content in written.items():
        (folder / name).write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    with contextlib.redirect_stdout(sys.stderr):
        model = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder), fixed_model_name="model")
    if model is None:
        raise SystemExit("compare_classifiers: training failed, see above")
    return Path(model)


def f1(pairs: list[tuple[str, str]], label: str) -> float:
    """Harmonic mean of precision and recall of one intent over (gold, said) pairs."""
    hit = sum(gold == said == label for gold, said in pairs)
    both = sum(gold == label for gold, _ in pairs) + sum(said == label for _, said in pairs)
    return 2 * hit / both if both else 0.0


def cross_validated(pipeline: Pipeline, number: int, rounds: int) -> str:
    """Accuracy and macro F1 over the first ``rounds`` of ``number`` folds."""
    pairs: list[tuple[str, str]] = []
    for train, test in islice(folds(examples(), number), rounds):
        with tempfile.TemporaryDirectory() as folder:
            parse = load_nlu(trained(copy.deepcopy(pipeline), train, Path(folder)))
        pairs += [(intent, parse(text)["intent"]["name"]) for text, intent in test]
    labels = sorted({gold for gold, _ in pairs})
    accuracy = sum(gold == said for gold, said in pairs) / len(pairs)
    return f"cv accuracy {accuracy:.3f}  macro F1 {sum(f1(pairs, label) for label in labels) / len(labels):.3f}"


def rows(path: Path) -> list[dict[str, Any]]:
    """The rows that count."""
    found = map(json.loads, filter(str.strip, path.read_text(encoding="utf-8").splitlines()))
    return [row for row in found if not row.get("unclear")]


def on_real_texts(parse: Callable[[str], dict[str, Any]], folder: Path) -> str:
    """Right topics; texts rightly declined; texts rightly accepted, among them every first message about symptoms."""
    asked = [understood(parse(row["text"])).topic in row["topics"] for row in rows(folder / "questions_dev.jsonl")]
    scope = rows(folder / "scope_dev.jsonl")
    declined = [not understood(parse(row["text"])).in_scope for row in scope if row["scope"] == "out"]
    told = [row for row in scope if row["scope"] == "in"] + rows(folder / "muscle_dev.jsonl")
    meant = [understood(parse(row["text"])) for row in told]
    accepted = [one.in_scope for one in meant]
    by_intent = [one.intent != OUT_OF_SCOPE for one in meant]  # without the word lists' veto
    figures = (("topics", asked), ("declined", declined), ("accepted", accepted), ("by intent alone", by_intent))
    return "  ".join(f"{name} {sum(right)}/{len(right)}" for name, right in figures)


def measured(pipeline: Pipeline, texts: Path | None) -> str:
    """Figures of one model of all examples."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        model = trained(copy.deepcopy(pipeline), examples(), Path(folder))
        fitted = time.perf_counter()
        parse = load_nlu(model)
        loaded = time.perf_counter()
    sample = [text for text, _ in examples()[::20]]
    asked = time.perf_counter()
    for text in sample:
        parse(text)
    each = (time.perf_counter() - asked) / len(sample) * 1000
    figures = f"train {fitted - started:.0f} s  load {loaded - fitted:.1f} s  {each:.1f} ms a message"
    return f"{on_real_texts(parse, texts)}  {figures}" if texts else figures


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=CANDIDATES, default=list(CANDIDATES))
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--rounds", type=int, help="folds to do (default: all)")
    parser.add_argument("--texts", type=Path, help="folder of the annotated texts")
    args = parser.parse_args()
    pipeline = yaml.safe_load((PROJECT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    os.chdir(PROJECT)
    for name in args.only:
        candidate = CANDIDATES[name](copy.deepcopy(pipeline))
        agreement = cross_validated(candidate, args.folds, args.rounds or args.folds)
        print(f"{name:20} {agreement}  {measured(candidate, args.texts)}", flush=True)


if __name__ == "__main__":
    main()
