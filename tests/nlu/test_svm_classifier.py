"""The classifier: learns, keeps what it has learnt, and learns the same twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.sentence_featurizer import SentenceFeaturizer
from bot.nlu.svm_classifier import SeededSvmClassifier

Make = Callable[..., Any]
CONFIG = {"C": [4], "gamma": [1], "kernels": ["rbf"], "max_cross_validation_folds": 2}
EXAMPLES = {
    "inform": ["my calf keeps twitching", "numb feet for two weeks", "cramps at night", "my bones ache", "sore shins"],
    "ask_dose": ["how much should i take", "how many units a day", "what dose of d3", "how much d3", "daily dose?"],
    "greet": ["hello", "hi there", "good morning", "hey", "hello bot"],
}


@pytest.fixture
def said(created: Make, loaded: Make, training: Make) -> Callable[[str], dict[str, float]]:
    """The ranking a trained and loaded classifier gives for a text."""
    featurizer = created(SentenceFeaturizer)

    def ranking(text: str) -> dict[str, float]:
        created(SeededSvmClassifier, **CONFIG).train(featurizer.process_training_data(training(EXAMPLES)))
        (message,) = loaded(SeededSvmClassifier, **CONFIG).process(featurizer.process([Message({TEXT: text})]))
        assert message.get(INTENT)["name"] == message.get("intent_ranking")[0]["name"]
        return {item["name"]: item["confidence"] for item in message.get("intent_ranking")}

    return ranking


def test_unseen_wording_is_understood(said: Callable[[str], dict[str, float]]) -> None:
    ranking = said("my thigh is jumping and hurts")
    assert next(iter(ranking)) == "inform"
    assert sum(ranking.values()) == pytest.approx(1)


def test_two_trainings_are_one(said: Callable[[str], dict[str, float]]) -> None:
    np.random.seed(1)
    first = said("good evening")
    np.random.seed(2)
    assert said("good evening") == first


def test_leaving_out_the_search_changes_nothing(created: Make) -> None:
    rows, labels = np.random.default_rng(1).normal(size=(60, 8)), np.arange(60) % 3
    only = created(SeededSvmClassifier, **CONFIG)._create_classifier(1, labels).fit(rows, labels)
    searched = created(SeededSvmClassifier, **{**CONFIG, "C": [4, 4]})._create_classifier(1, labels).fit(rows, labels)
    assert only.predict_proba(rows) == pytest.approx(searched.predict_proba(rows), abs=1e-12)


def test_untrained_it_says_nothing(created: Make) -> None:
    (message,) = created(SeededSvmClassifier, **CONFIG).process([Message({TEXT: "hello"})])
    assert message.get(INTENT) is None
