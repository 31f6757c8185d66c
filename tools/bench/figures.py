"""What is measured: each figure's name, unit and goal, and how the values of all rounds become a row of the table."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from tools.bench.settings import Settings

OURS, STOCK = "bot", "rasa init"
# A machine with 2 vCPU and 4 GB (AWS t3.medium on demand, us-east-1, list price as remembered, not looked up).
PRICE_PER_HOUR = 0.0416  # USD
SECONDS_PER_HOUR, CONVERSATIONS = 3600, 1000


@dataclass
class Records:
    """Values by assistant and key, one for each round, in the order of the rounds."""

    values: dict[str, dict[str, list[float]]] = field(
        default_factory=lambda: {OURS: defaultdict(list), STOCK: defaultdict(list)}
    )

    def add(self, assistant: str, key: str, value: float | None) -> None:
        """Keep one value; None is no value."""
        if value is not None:
            self.values[assistant][key].append(value)

    def of(self, assistant: str, key: str) -> list[float]:
        """The values; empty where it was not measured."""
        return self.values[assistant].get(key, [])


@dataclass(frozen=True)
class Figure:
    """A row: ``goal`` is for ours over stock, ``most`` or ``least``; ``unit`` also says how it is written."""

    key: str
    title: str
    unit: str
    most: float | None = None
    least: float | None = None
    against: str = ""  # stock's key, if another


@dataclass(frozen=True)
class Row:
    """A figure with its values; ``ratio`` None where stock has none."""

    figure: Figure
    ours: Sequence[float]
    stock: Sequence[float]

    @property
    def ratio(self) -> float | None:
        """Median over median."""
        return statistics.median(self.ours) / statistics.median(self.stock) if self.ours and self.stock else None

    @property
    def is_reached(self) -> bool | None:
        """Whether the goal is; None without goal or ratio."""
        goal, ratio = (self.figure.most, self.figure.least), self.ratio
        if ratio is None or goal == (None, None):
            return None
        return ratio <= goal[0] if goal[0] is not None else ratio >= (goal[1] or 0)


def figures(sizes: Settings) -> list[Figure]:
    """All rows of the table in order. Goals are those the project set itself."""
    rows = [
        Figure("p50", "a turn, one person: median", "ms", most=0.40),
        Figure("p95", "a turn, one person: 95th percentile", "ms"),
        Figure("p99", "a turn, one person: 99th percentile", "ms", most=0.50),
        Figure("processor", "processor time of a turn, all processes", "ms"),
    ]
    for processes in sizes.processes:
        for users in sizes.users:
            goal = {(8, 1): 2.5, (8, 2): 4.0}.get((users, processes))
            title = f"turns a second, {_count(users, 'person', 'people')}, {_count(processes, 'process', 'processes')}"
            rows.append(Figure(f"rate_{users}_{processes}", title, "/s", least=goal))
    rows += [Figure(f"turn_{depth}", f"turn {depth} of one conversation", "ms") for depth in sizes.depths]
    return [
        *rows,
        Figure("start", "start to first answer", "s", most=0.30),
        Figure("train", "training from nothing", "s", most=0.35),
        Figure("retrain", "training after one line of words", "s"),
        Figure("size", "model on disk", "MB", most=0.20),
        Figure("resident", "resident memory of all processes", "MB", most=0.65),
        Figure("proportional", "the same, shared pages counted once", "MB"),
        Figure("cost_conversations", f"{CONVERSATIONS:,} conversations", "USD"),
        Figure("cost_turns", f"{CONVERSATIONS:,} turns", "USD"),
    ]


def cost(turns_per_second: float, turns_per_conversation: float = 1) -> float:
    """USD for a thousand conversations on a machine that is always that busy."""
    return CONVERSATIONS * turns_per_conversation / (turns_per_second * SECONDS_PER_HOUR) * PRICE_PER_HOUR


def rows(records: Records, sizes: Settings) -> list[Row]:
    """The rows that hold anything."""
    found = [Row(one, records.of(OURS, one.key), records.of(STOCK, one.key)) for one in figures(sizes)]
    return [row for row in found if row.ours or row.stock]


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` of them lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
