"""Rasa's support-vector classifier with a seed and without a search, so that training is short and repeatable."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.sklearn_intent_classifier import SklearnIntentClassifier
from sklearn.base import clone
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.model_selection import GridSearchCV, ParameterGrid
from sklearn.preprocessing import LabelEncoder
from sklearn.svm import SVC

from bot.nlu import machine_file

FILE = "machine.npz"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SeededSvmClassifier(SklearnIntentClassifier):
    """``SklearnIntentClassifier``, which shuffles unseeded when it fits its probabilities.

    Where the configuration leaves nothing to choose, the folds that would compare one choice with itself are left out.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``random_state`` beside what Rasa's classifier takes."""
        return {**SklearnIntentClassifier.get_default_config(), "random_state": 42}

    def persist(self) -> None:
        """The machine's numbers and the labels, as arrays: Rasa's own file format takes seconds to load."""
        if self.clf is None:
            return
        with self._model_storage.write_to(self._resource) as folder:
            machine_file.write(folder / FILE, self.clf.best_estimator_, self.le.classes_)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SeededSvmClassifier:
        """As it was trained; one that says nothing where there was nothing to learn."""
        encoder = LabelEncoder()
        try:
            with model_storage.read_from(resource) as folder:
                machine, encoder.classes_ = machine_file.read(folder / FILE)
        except ValueError:  # Rasa's word for a resource that was never written
            return cls(config, model_storage, resource)
        return cls(config, model_storage, resource, machine, encoder)

    def _create_classifier(self, num_threads: int, y: np.ndarray) -> GridSearchCV | OnlyChoice:
        search = super()._create_classifier(num_threads, y)
        search.estimator.set_params(random_state=self.component_config["random_state"])
        choices = list(ParameterGrid(search.param_grid))
        return (
            OnlyChoice(search.estimator.set_params(**choices[0])) if len(choices) == 1 else search.set_params(verbose=0)
        )


def fitted(machine: SVC, rows: np.ndarray, labels: np.ndarray) -> SVC:
    """``machine`` after ``fit(rows, labels)``, in a fifth of the time.

    Its probabilities make libsvm fit each pair of labels six times, and look at the same two rows again and again; so
    all likenesses of two rows are worked out once, as one product of matrices (8 bytes a pair, while it trains).
    """
    if machine.kernel != "rbf" or not isinstance(machine.gamma, (int, float)):
        return machine.fit(rows, labels)
    rows = rows.astype(np.float64)
    of_pairs = clone(machine).set_params(kernel="precomputed").fit(rbf_kernel(rows, gamma=machine.gamma), labels)
    learned = {name: value for name, value in vars(of_pairs).items() if name not in machine.get_params()}
    vars(machine).update(learned)
    machine._gamma, machine.support_vectors_ = float(machine.gamma), rows[of_pairs.support_]
    machine.n_features_in_, machine.shape_fit_ = rows.shape[1], rows.shape
    return machine


class OnlyChoice:
    """The part of a grid search that Rasa's classifier uses, over a grid of one."""

    def __init__(self, estimator: SVC) -> None:
        """``estimator``: with all its parameters set."""
        self.best_estimator_ = estimator

    def fit(self, rows: np.ndarray, labels: np.ndarray) -> OnlyChoice:
        """Fit it."""
        self.best_estimator_ = fitted(self.best_estimator_, rows, labels)
        return self

    def predict_proba(self, rows: np.ndarray) -> np.ndarray:
        """Probabilities of all labels, one row each."""
        return self.best_estimator_.predict_proba(rows)
