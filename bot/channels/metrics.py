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

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)  # memory, processor time, open files
CONTENT_TYPE = CONTENT_TYPE_LATEST
# Seconds. A turn takes 0.2 s; an urgent answer is promised within 2 s, any answer within the channel's 8 s.
BOUNDS_S = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 8, 10)

TURNS = Counter("bot_turns", "Messages that got an answer.", registry=REGISTRY)
SECONDS = Histogram("bot_turn_seconds", "Time from message to answer.", buckets=BOUNDS_S, registry=REGISTRY)
RED_FLAGS = Counter(
    "bot_red_flag_answers", "Answers that were urgent, by rule and level.", ["rule", "level"], registry=REGISTRY
)
FALLBACKS = Counter("bot_fallbacks", "Answers that say that the bot cannot help with this.", registry=REGISTRY)
UNANSWERED = Counter(
    "bot_unanswered", "Answers that only apologise: nothing was said in time, or at all.", ["reason"], registry=REGISTRY
)
NOT_SAVED = Counter("bot_not_saved", "Messages that could not be kept and whose sender was told.", registry=REGISTRY)
REFUSED = Counter("bot_refused", "Requests that got an error, by its code.", ["reason"], registry=REGISTRY)
READY = Gauge("bot_ready", "1 if this part worked when /ready was last asked, else 0.", ["part"], registry=REGISTRY)

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
