"""A trained support-vector machine as a file of plain arrays: no code is run to read one, and no type is looked up."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from sklearn.svm import SVC

# What scikit-learn 1.1 keeps of a fit and needs for probabilities; names are its own.
NUMBERS = (
    "support_", "_n_support", "_dual_coef_", "_intercept_", "_probA", "_probB", "classes_", "class_weight_",
)  # fmt: skip
VECTORS, PARAMETERS, LABELS = "support_vectors_", "parameters", "labels"


def write(path: Path, machine: SVC, labels: np.ndarray) -> None:
    """Write a fitted machine with a radial kernel and the names of its classes.

    Its vectors are written as the features came, in 32 bits.
    """
    arrays = {name: getattr(machine, name) for name in NUMBERS}
    arrays[VECTORS] = machine.support_vectors_.astype(np.float32)
    arrays[PARAMETERS] = np.array(json.dumps(machine.get_params()))
    arrays[LABELS] = np.array(labels, dtype=str)
    np.savez(path, **arrays)


def read(path: Path) -> tuple[SVC, np.ndarray]:
    """The machine and the names of its classes. Raises OSError or ValueError for a file that is none."""
    with np.load(path, allow_pickle=False) as arrays:
        machine = SVC(**json.loads(str(arrays[PARAMETERS])))
        for name in NUMBERS:
            setattr(machine, name, arrays[name])
        machine.support_vectors_ = arrays[VECTORS].astype(np.float64)
        labels = arrays[LABELS].astype(object)
    machine.dual_coef_, machine.intercept_ = machine._dual_coef_, machine._intercept_
    machine._gamma, machine._sparse, machine.fit_status_ = float(machine.gamma), False, 0
    machine.shape_fit_ = machine.support_vectors_.shape
    machine.n_features_in_ = machine.shape_fit_[1]
    return machine, labels
