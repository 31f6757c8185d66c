"""What an operator may count, for Prometheus: how many, how long, of which kind. No text, no id, no address.

Each process counts for itself; ``GET /metrics`` shows it (`bot.channels.site` decides to whom).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

from bot.channels.texts import text as words

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)  # memory, processor time, open files
CONTENT_TYPE = CONTENT_TYPE_LATEST
# Seconds. A turn takes 0.2 s; an urgent answer is promised within 2 s, any answer within the channel's 8 s.
BOUNDS_S = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 8, 10)


def _meaning(name: str) -> str:
    return words(f"metrics.{name}")


TURNS = Counter("bot_turns", _meaning("turns"), registry=REGISTRY)
SECONDS = Histogram("bot_turn_seconds", _meaning("turn_seconds"), buckets=BOUNDS_S, registry=REGISTRY)
RED_FLAGS = Counter("bot_red_flag_answers", _meaning("red_flag_answers"), ["rule", "level"], registry=REGISTRY)
FALLBACKS = Counter("bot_fallbacks", _meaning("fallbacks"), registry=REGISTRY)
UNANSWERED = Counter("bot_unanswered", _meaning("unanswered"), ["reason"], registry=REGISTRY)
NOT_SAVED = Counter("bot_not_saved", _meaning("not_saved"), registry=REGISTRY)
REFUSED = Counter("bot_refused", _meaning("refused"), ["reason"], registry=REGISTRY)
READY = Gauge("bot_ready", _meaning("ready"), ["part"], registry=REGISTRY)

FALLBACK_TOPIC = "out_of_scope"


def count_answer(answer: Iterable[Mapping[str, Any]], seconds: float) -> None:
    """Count one answer by what its messages mean to programs."""
    TURNS.inc()
    SECONDS.observe(seconds)
    meant = [message.get("custom") or {} for message in answer]
    for custom in meant:
        if custom.get("type") == "red_flag":
            RED_FLAGS.labels(custom.get("rule"), custom.get("level")).inc()
    if any(custom.get("topic") == FALLBACK_TOPIC for custom in meant):
        FALLBACKS.inc()


def exposition() -> bytes:
    """All figures in Prometheus' text format."""
    return generate_latest(REGISTRY)
