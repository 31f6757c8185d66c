"""``python -m tools.bench``: the bot and the assistant of ``rasa init`` in turn, A B A B, as one table and one chart.

Sizes: `tools.bench.settings`. Writes docs/bench.md and docs/bench.svg; a quick run, which only proves that the tool
works, writes them into ``.bench/``.
"""

from __future__ import annotations

import os
import sys

from bot.train import PROJECT
from tools.bench import measure, report
from tools.bench.assistants import Moodbot, Ours
from tools.bench.figures import Records, rows
from tools.bench.settings import QUICK, settings
from tools.bench.stock import CACHE, stock


def main() -> int:
    """Measure, print, write."""
    sizes, load = settings(), os.getloadavg()[0]
    made = stock()
    assistants, records = (Ours(), Moodbot(made)), Records()
    for number in range(max(sizes.rounds, sizes.trainings)):
        say(f"round {number + 1}")
        if number < sizes.rounds:
            for assistant in assistants:
                measure.served(assistant, sizes, records, deep=number < sizes.deep_rounds, tell=say)
        if number < sizes.trainings:
            measure.trained(made, records, say)
    found = rows(records, sizes)
    print(report.table(found))
    folder = CACHE if os.environ.get(QUICK) == "yes" else PROJECT / "docs"
    (folder / "bench.md").write_text(report.page(found, sizes, load), encoding="utf-8")
    report.chart(found, folder / "bench.svg")
    return 0


def say(line: str) -> None:
    """Progress, beside the table."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
