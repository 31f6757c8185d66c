"""Rasa's support-vector classifier with a seed and without a search, so that training is short and repeatable."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.classifiers.sklearn_intent_classifier import SklearnIntentClassifier
from sklearn.model_selection import GridSearchCV, ParameterGrid
from sklearn.svm import SVC


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SeededSvmClassifier(SklearnIntentClassifier):
    """``SklearnIntentClassifier``, which shuffles unseeded when it fits its probabilities.

    Where the configuration leaves nothing to choose, the folds that would compare one choice with itself are left out:
    two thirds of the training, and no bit of what comes out.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``random_state`` beside what Rasa's classifier takes."""
        return {**SklearnIntentClassifier.get_default_config(), "random_state": 42}

    def _create_classifier(self, num_threads: int, y: np.ndarray) -> GridSearchCV | OnlyChoice:
        search = super()._create_classifier(num_threads, y)
        search.estimator.set_params(random_state=self.component_config["random_state"])
        choices = list(ParameterGrid(search.param_grid))
        return (
            OnlyChoice(search.estimator.set_params(**choices[0])) if len(choices) == 1 else search.set_params(verbose=0)
        )


class OnlyChoice:
    """The part of a grid search that Rasa's classifier uses, over a grid of one."""

    def __init__(self, estimator: SVC) -> None:
        """``estimator``: with all its parameters set."""
        self.best_estimator_ = estimator

    def fit(self, rows: np.ndarray, labels: np.ndarray) -> OnlyChoice:
        """Fit it."""
        self.best_estimator_.fit(rows, labels)
        return self

    def predict_proba(self, rows: np.ndarray) -> np.ndarray:
        """Probabilities of all labels, one row each."""
        return self.best_estimator_.predict_proba(rows)
