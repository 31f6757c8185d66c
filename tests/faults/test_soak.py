"""Half a load for long: memory and open files stay as they are."""

from __future__ import annotations

import time

import psutil

from tools.faults.numbers import number
from tools.faults.people import Crowd
from tools.faults.table import record
from tools.faults.world import ACTIONS, BOTS, World

LOOK_S = 5
PAUSE_S = 1.0  # of each of half as many people as in the kill test
WARM_UP = 1 / 3  # of the time
MB_A_MINUTE = 1.0
FILES = 20  # connections of the people themselves come and go


def slope(points: list[tuple[float, float]]) -> float:
    """Least squares: change of the second value for one of the first."""
    middle_x = sum(x for x, _ in points) / len(points)
    middle_y = sum(y for _, y in points) / len(points)
    return sum((x - middle_x) * (y - middle_y) for x, y in points) / sum((x - middle_x) ** 2 for x, _ in points)


def test_it_can_run_for_long(world: World) -> None:
    world.wait(lambda: all(world.up(part) for part in (*BOTS, *ACTIONS)))
    parts = {name: psutil.Process(pid) for name, pid in world.pids().items() if name in (*BOTS, *ACTIONS)}
    seen: dict[str, list[tuple[float, float, int]]] = {name: [] for name in parts}
    looks = number("SOAK_MINUTES") * 60 // LOOK_S
    with Crowd([world.front], number("USERS") // 2, number("SEED"), pause=PAUSE_S) as crowd:
        for look in range(looks):
            for name, process in parts.items():
                minutes = look * LOOK_S / 60
                seen[name].append((minutes, process.memory_info().rss / 2**20, process.num_fds()))
            time.sleep(LOOK_S)
    warm = {name: rows[int(len(rows) * WARM_UP) :] for name, rows in seen.items()}
    slopes = {name: slope([(minutes, memory) for minutes, memory, _ in rows]) for name, rows in warm.items()}
    files = {name: max(files for *_, files in rows) - min(files for *_, files in rows) for name, rows in warm.items()}
    turns = sum(sent.acknowledged for person in crowd.people for sent in person.sent)
    kept = max(slopes.values()) < MB_A_MINUTE and max(files.values()) <= FILES
    grew = ", ".join(f"{name} {mb:+.2f}" for name, mb in slopes.items())
    told = f"MB a minute: {grew}; open files within {max(files.values())}; {number('SOAK_MINUTES')} minutes"
    record("soak", told, turns, kept=kept)
    assert max(slopes.values()) < MB_A_MINUTE
    assert max(files.values()) <= FILES
