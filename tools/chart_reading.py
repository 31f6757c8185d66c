"""Draws ``docs/reading.svg``: F1 of findings and exposures, with their status, by phenomenon.

``python -m tools.chart_reading``: over the marked sentences of ``tests/cases/sentences``; prints the same figures.
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib

from tests.clinical.marked import f1, sentences

matplotlib.use("svg")
from matplotlib import pyplot

CHART = Path(__file__).resolve().parents[1] / "docs" / "reading.svg"
GOAL = 0.95  # what the project asks of findings


def main() -> int:
    """Draw and print."""
    groups: dict[str, list] = {}
    for sentence in sentences():
        groups.setdefault(sentence.phenomenon, []).append(sentence)
    figures = sorted((f1(group), f"{name} ({len(group)})") for name, group in groups.items())
    pyplot.rcParams.update({"svg.hashsalt": "reading", "svg.fonttype": "none"})
    figure, axes = pyplot.subplots(figsize=(8, 0.4 * len(figures) + 1))
    axes.barh([name for _, name in figures], [value for value, _ in figures], color="#2b6cb0")
    axes.axvline(GOAL, color="#555555", linestyle="--", linewidth=1)
    axes.set(xlim=(0, 1), xlabel="F1 of (concept or exposure, status); dashed: the goal")
    figure.tight_layout()
    figure.savefig(CHART, metadata={"Date": None})
    for value, name in reversed(figures):
        print(f"{value:.3f}  {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
