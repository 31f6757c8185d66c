"""Named on/off features as the one-row sparse matrices that Rasa's classifiers take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from scipy.sparse import csr_matrix


def columns_of(names: Iterable[str]) -> dict[str, int]:
    """A column for each name, in alphabetical order."""
    return {name: column for column, name in enumerate(sorted(set(names)))}


def row_of(names: Iterable[str], columns: Mapping[str, int]) -> csr_matrix:
    """One row with a 1 for each name that has a column; names without one are left out."""
    found = sorted({columns[name] for name in names if name in columns})
    return csr_matrix((np.ones(len(found)), ([0] * len(found), found)), shape=(1, len(columns)))
