"""One round with one assistant: every phase in turn, each value into the records."""

from __future__ import annotations

import statistics
from collections.abc import Callable

from tools.bench import processes, training
from tools.bench.assistants import Assistant, Running
from tools.bench.figures import OURS, Records, cost, percentile
from tools.bench.holding import many_at_once, one_after_another, without_end
from tools.bench.settings import Settings
from tools.bench.stock import Stock

MS, MEGABYTE = 1000, 1e6
Tell = Callable[[str], None]


def served(assistant: Assistant, sizes: Settings, records: Records, *, deep: bool, tell: Tell) -> None:
    """Started afresh for each number of processes; with one of them also latency, memory and the endless talk."""
    for count in sizes.processes:
        tell(f"{assistant.name}: {count} of its servers")
        with assistant.running(count) as running:
            if count == 1:
                _alone(assistant, running, sizes, records)
            for users in sizes.users:
                rate = many_at_once(assistant, running, users, sizes.seconds)
                records.add(assistant.name, f"rate_{users}_{count}", rate)
            if count == 1:
                _memory(assistant, records)
                if deep:
                    tell(f"{assistant.name}: one conversation of {max(sizes.depths)} turns")
                    for depth, seconds in without_end(assistant, running, sizes.depths).items():
                        records.add(assistant.name, f"turn_{depth}", seconds * MS)
    records.add(assistant.name, "size", assistant.model.stat().st_size / MEGABYTE)
    _cost(assistant, sizes, records)


def trained(stock: Stock, records: Records, tell: Tell) -> None:
    """Both trained from nothing and after a change."""
    for name, run in ((OURS, training.ours), ("rasa init", lambda: training.stock(stock))):
        tell(f"{name}: training twice")
        first, second = run()
        records.add(name, "train", first)
        records.add(name, "retrain", second)


def _alone(assistant: Assistant, running: Running, sizes: Settings, records: Records) -> None:
    records.add(assistant.name, "start", running.first_answer_s)
    used = processes.processor_s()
    held = one_after_another(assistant, running, sizes.talks)
    records.add(assistant.name, "processor", (processes.processor_s() - used) / len(held.seconds) * MS)
    for key, share in (("p50", 0.50), ("p95", 0.95), ("p99", 0.99)):
        records.add(assistant.name, key, percentile(held.seconds, share) * MS)
    records.add(assistant.name, "turns", len(held.seconds) / held.conversations)


def _memory(assistant: Assistant, records: Records) -> None:
    """After the load, so that everything that is loaded late is there."""
    records.add(assistant.name, "resident", processes.resident_mb())
    records.add(assistant.name, "proportional", processes.proportional_mb())


def _cost(assistant: Assistant, sizes: Settings, records: Records) -> None:
    users = min(sizes.users, key=lambda count: abs(count - 8))
    rates = records.of(assistant.name, f"rate_{users}_{max(sizes.processes)}")
    turns = records.of(assistant.name, "turns")
    if rates and turns:
        records.add(assistant.name, "cost_conversations", cost(rates[-1], statistics.median(turns)))
        records.add(assistant.name, "cost_turns", cost(rates[-1]))
