"""The intent of a message: logistic regression on weighted, length-normalised sparse features."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, vstack
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from bot.nlu.fingerprints import code_digest

WEIGHTS, LABELS = "weights.npz", "labels.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(IntentClassifier, GraphComponent):
    """One logistic regression for each intent against the rest; confidences add up to 1.

    Rasa's own LogisticRegressionClassifier works on raw counts, so a forum post of eighty words outweighs
    itself where a question of five words decides well. Here every feature is weighted by how rare it is
    (tf-idf) and every message scaled to length 1. Figures: docs/intents.md. No TensorFlow; the model is
    two arrays, read back without pickle.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Something to classify by."""
        return [Featurizer]

    @staticmethod
    def required_packages() -> list[str]:
        """Another version of these trains anew."""
        return ["sklearn", "scipy", "numpy"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``c``: inverse strength of the regularisation; ``ranking_length``: intents in the ranking."""
        return {"c": 10.0, "ranking_length": 5, "random_state": 42}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LinearIntentClassifier:
        """An untrained classifier."""
        return cls(config, model_storage, resource)

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        labels: list[str] | None = None,
        weights: dict[str, np.ndarray] | None = None,
    ) -> None:
        """``weights``: ``rarity`` (features), ``coefficients`` (labels x features), ``intercepts`` (labels)."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._labels = labels or []
        self._weights = weights or {}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Digest of the code beside this class."""
        return code_digest()

    def train(self, training_data: TrainingData) -> Resource:
        """Fit to the examples and store the arrays. Raises ValueError with fewer than three intents."""
        examples = [message for message in training_data.intent_examples if message.get(TEXT)]
        intents = [message.get(INTENT) for message in examples]
        if len(set(intents)) < 3:  # with two, the regression has one row of coefficients instead of one an intent
            raise ValueError(f"{type(self).__name__} needs examples of three intents at least.")
        counts = vstack([_features(message) for message in examples])
        rarity = TfidfTransformer(norm=None, sublinear_tf=True).fit(counts).idf_
        model = LogisticRegression(
            C=self._config["c"],
            class_weight="balanced",
            solver="liblinear",
            random_state=self._config["random_state"],
        ).fit(_weighted(counts, rarity), intents)
        self._labels = [str(label) for label in model.classes_]
        self._weights = {"rarity": rarity, "coefficients": model.coef_, "intercepts": model.intercept_}
        with self._model_storage.write_to(self._resource) as stored:
            np.savez_compressed(stored / WEIGHTS, **self._weights)
            (stored / LABELS).write_text(json.dumps(self._labels), encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LinearIntentClassifier:
        """The trained classifier."""
        with model_storage.read_from(resource) as stored:
            labels = json.loads((stored / LABELS).read_text(encoding="utf-8"))
            with np.load(stored / WEIGHTS, allow_pickle=False) as arrays:
                weights = {name: arrays[name] for name in arrays.files}
        return cls(config, model_storage, resource, labels, weights)

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent and the ranking of each message that has a text and no intent yet."""
        if not self._labels:
            raise RuntimeError(f"{type(self).__name__} is untrained: train it or load it from a model.")
        for message in messages:
            if message.get(TEXT) and not (message.get(INTENT) or {}).get(INTENT_NAME_KEY):
                ranking = self._ranking(message)
                message.set(INTENT, ranking[0], add_to_output=True)
                message.set(INTENT_RANKING_KEY, ranking[: self._config["ranking_length"]], add_to_output=True)
        return messages

    def _ranking(self, message: Message) -> list[dict[str, Any]]:
        features = _weighted(_features(message), self._weights["rarity"])
        scores = (features @ self._weights["coefficients"].T + self._weights["intercepts"]).ravel()
        each = 1.0 / (1.0 + np.exp(-scores))
        shares = each / each.sum()
        order = np.argsort(-shares, kind="stable")
        return [{INTENT_NAME_KEY: self._labels[i], PREDICTED_CONFIDENCE_KEY: float(shares[i])} for i in order]


def _features(message: Message) -> csr_matrix:
    _, sentence = message.get_sparse_features(TEXT)
    return csr_matrix(sentence.features)


def _weighted(counts: csr_matrix, rarity: np.ndarray) -> csr_matrix:
    """Counts damped to 1 + log, times rarity, each row scaled to length 1."""
    damped = csr_matrix(counts, dtype=np.float64, copy=True)
    damped.data = 1.0 + np.log(damped.data)
    return normalize(damped.multiply(rarity).tocsr())
