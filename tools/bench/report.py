"""The table, for the terminal and for docs/bench.md, and the chart."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Sequence
from pathlib import Path
from string import Template

import matplotlib

from tools.bench.figures import OURS, STOCK, Row
from tools.bench.settings import Settings

matplotlib.use("svg")
from matplotlib import pyplot

TEMPLATE = Path(__file__).with_name("page.md")
HEADS = ("figure", "the bot", "rasa init", "ratio", "goal")
COLOURS = {OURS: "#2b6cb0", STOCK: "#a0aec0"}
DEPTH_KEY = "turn_"


def table(rows: Sequence[Row]) -> str:
    """Markdown, also plain enough for a terminal."""
    cells = [HEADS, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEADS))]
    lines = [
        "| " + " | ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)) + " |" for line in cells
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def page(rows: Sequence[Row], sizes: Settings, load: float) -> str:
    """The whole of docs/bench.md."""
    values = {"table": table(rows), "sizes": _told(sizes), "machine": _machine(load)}
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(values)


def chart(rows: Sequence[Row], path: Path) -> None:
    """Ratios beside their goals, and how a turn grows with the conversation."""
    pyplot.rcParams.update({"svg.hashsalt": "bench", "svg.fonttype": "none"})
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(11, 4.5), gridspec_kw={"width_ratios": [3, 2]})
    _draw_ratios(left, [row for row in rows if row.ratio is not None and not row.figure.key.startswith(DEPTH_KEY)])
    _draw_depths(right, [row for row in rows if row.figure.key.startswith(DEPTH_KEY)])
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def _draw_ratios(axes: pyplot.Axes, rows: Sequence[Row]) -> None:
    names = [row.figure.title for row in reversed(rows)]
    axes.barh(names, [row.ratio for row in reversed(rows)], color=COLOURS[OURS])
    for place, row in enumerate(reversed(rows)):
        goal = row.figure.most or row.figure.least
        if goal is not None:
            axes.plot([goal, goal], [place - 0.4, place + 0.4], color="#c05621", linewidth=2)
    axes.axvline(1, color="#555555", linestyle="--", linewidth=1)
    axes.set(xscale="log", xlabel="the bot over rasa init; line: the goal")
    axes.tick_params(axis="y", labelsize=8)


def _draw_depths(axes: pyplot.Axes, rows: Sequence[Row]) -> None:
    depths = [int(row.figure.key.removeprefix(DEPTH_KEY)) for row in rows]
    for name, values in ((OURS, [row.ours for row in rows]), (STOCK, [row.stock for row in rows])):
        if all(values) and values:
            axes.plot(depths, [statistics.median(one) for one in values], marker="o", color=COLOURS[name], label=name)
    axes.set(xlabel="turn of one conversation", ylabel="ms", ylim=(0, None))
    if rows:
        axes.legend()


def _cells(row: Row) -> tuple[str, ...]:
    figure = row.figure
    ratio = "-" if row.ratio is None else f"{row.ratio:.2f}"
    goal = "" if row.is_reached is None else f"{_goal(row)}: {'reached' if row.is_reached else 'missed'}"
    return (figure.title, _written(row.ours, figure.unit), _written(row.stock, figure.unit), ratio, goal)


def _goal(row: Row) -> str:
    return f"<= {row.figure.most:.2f}" if row.figure.most is not None else f">= {row.figure.least:.1f}"


def _written(values: Sequence[float], unit: str) -> str:
    """Median, and smallest to largest where there are several."""
    if not values:
        return "-"
    digits = 4 if unit == "USD" else 0 if unit in ("ms", "MB") and statistics.median(values) >= 100 else 1
    spread = f" ({min(values):.{digits}f}-{max(values):.{digits}f})" if len(values) > 1 else ""
    return f"{statistics.median(values):.{digits}f}{spread} {unit}"


def _told(sizes: Settings) -> str:
    return ", ".join(f"{name} {getattr(sizes, name)}" for name in Settings.__dataclass_fields__)


def _machine(load: float) -> str:
    return f"{platform.system()}, {os.cpu_count()} cores, load before the run {load:.1f}"
