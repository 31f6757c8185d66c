"""Rasa's support-vector classifier with a seed, so that one training is like the next."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.classifiers.sklearn_intent_classifier import SklearnIntentClassifier
from sklearn.model_selection import GridSearchCV


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SeededSvmClassifier(SklearnIntentClassifier):
    """``SklearnIntentClassifier``, which shuffles unseeded when it fits its probabilities."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``random_state`` beside what Rasa's classifier takes."""
        return {**SklearnIntentClassifier.get_default_config(), "random_state": 42}

    def _create_classifier(self, num_threads: int, y: np.ndarray) -> GridSearchCV:
        search = super()._create_classifier(num_threads, y)
        search.estimator.set_params(random_state=self.component_config["random_state"])
        return search.set_params(verbose=0)
