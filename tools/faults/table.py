"""The table of promises: what is promised, the goal, what stock Rasa does, and what came out."""

from __future__ import annotations

import json
import os
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
PROMISES = ROOT / "tests" / "cases" / "promises.yml"
RESULTS = ROOT / ".pytest_cache" / "faults.json"
PAGE = ROOT / "docs" / "reliability.md"
COLUMNS = ("promise", "measure", "goal", "stock Rasa", "came out", "n")


def promises() -> dict[str, dict[str, str]]:
    """Each promise by name: what it says, how it is measured, the goal and stock Rasa's figure."""
    found: dict[str, dict[str, str]] = yaml.safe_load(PROMISES.read_text(encoding="utf-8"))
    return found


def record(name: str, came_out: str, n: int, *, kept: bool) -> None:
    """Write down what came out for a promise; KeyError for an unknown one."""
    assert name in promises(), name
    results = recorded()
    results[name] = {"came_out": came_out + ("" if kept else " (BROKEN)"), "n": n, "kept": kept}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1), encoding="utf-8")


def recorded() -> dict[str, dict[str, object]]:
    """What has come out so far."""
    if not RESULTS.exists():
        return {}
    results: dict[str, dict[str, object]] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return results


def rows() -> list[tuple[str, ...]]:
    """The table, one row a promise; what was not run says so."""
    results = recorded()
    found: list[tuple[str, ...]] = []
    for name, promise in promises().items():
        result = results.get(name, {"came_out": "not run", "n": 0})
        told = (promise["promise"], promise["measure"], promise["goal"], promise["stock"])
        found.append((*told, str(result["came_out"]), f"{result['n']:,}"))
    return found


def plain() -> str:
    """For the terminal: promise, what came out and n."""
    shown = [(row[0], row[4], row[5]) for row in rows()]
    widths = [max(len(row[column]) for row in shown) for column in range(3)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in shown)


def write_page() -> None:
    """Put the table between the marks of ``docs/reliability.md``."""
    lines = ["| " + " | ".join(cells) + " |" for cells in (COLUMNS, ("---",) * len(COLUMNS), *rows())]
    before, _, rest = PAGE.read_text(encoding="utf-8").partition("<!-- table -->\n")
    _, _, after = rest.partition("<!-- end -->")
    machine = f"Machine: {os.cpu_count()} processors.\n"
    table = "\n".join(lines)
    PAGE.write_text(f"{before}<!-- table -->\n{table}\n\n{machine}<!-- end -->{after}", encoding="utf-8")


def main() -> None:
    """``python -m tools.faults.table``: write the page."""
    write_page()
    print(plain())


if __name__ == "__main__":
    main()
