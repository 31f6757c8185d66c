"""Named on/off features as the one-row matrices that Rasa's classifiers take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray


def columns_of(names: Iterable[str]) -> dict[str, int]:
    """A column for each name, in alphabetical order."""
    return {name: column for column, name in enumerate(sorted(set(names)))}


def row_of(names: Iterable[str], columns: Mapping[str, int]) -> NDArray[np.float32]:
    """One row with a 1 for each name that has a column; names without one are left out."""
    row: NDArray[np.float32] = np.zeros((1, len(columns)), np.float32)
    row[0, [columns[name] for name in names if name in columns]] = 1
    return row
