"""Conversations with a running assistant: one after another, many at once, and one that does not end."""

from __future__ import annotations

import itertools
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tools.bench.assistants import WORDS_OF_A_CYCLE, Assistant, Running, Say, Talk


@dataclass
class Held:
    """Seconds of every turn and the number of conversations."""

    seconds: list[float] = field(default_factory=list)
    conversations: int = 0

    def timed(self, say: Say) -> Say:
        """``say`` that keeps how long each turn took."""

        def timed(text: str) -> list[dict[str, Any]]:
            began = time.perf_counter()
            answer = say(text)
            self.seconds.append(time.perf_counter() - began)
            return answer

        return timed


def one_after_another(assistant: Assistant, running: Running, count: int) -> Held:
    """``count`` conversations, spread evenly over all there are; a first one warms up and is not counted."""
    talks = assistant.talks()
    talks[0](assistant.conversation(running.ports[0]))
    held = Held()
    for number in range(count):
        talk = talks[number * len(talks) // count if count < len(talks) else number % len(talks)]
        talk(held.timed(assistant.conversation(running.ports[0])))
        held.conversations += 1
    return held


def many_at_once(assistant: Assistant, running: Running, users: int, seconds: float) -> float:
    """Turns a second of so many people, each holding one conversation after another with one of the processes."""
    talks = _dealt(assistant.talks())
    end = time.perf_counter() + seconds
    lock, finished, failures = threading.Lock(), [0], list[BaseException]()

    def person(port: int) -> None:
        def say(text: str) -> list[dict[str, Any]]:
            answer = known(text)
            if time.perf_counter() > end:
                raise _TimeIsUp
            with lock:
                finished[0] += 1
            return answer

        try:
            while True:
                with lock:
                    talk = next(talks)
                known = assistant.conversation(port)
                talk(say)
        except _TimeIsUp:
            pass
        except BaseException as failed:
            failures.append(failed)

    people = [
        threading.Thread(target=person, args=(running.ports[number % len(running.ports)],)) for number in range(users)
    ]
    for one in people:
        one.start()
    for one in people:
        one.join()
    if failures:
        raise failures[0]
    return finished[0] / seconds


def without_end(assistant: Assistant, running: Running, depths: Sequence[int]) -> dict[int, float]:
    """Seconds a turn takes at each depth of one conversation: the median of the cycle of messages around it."""
    texts = itertools.cycle(assistant.long_talk())
    held = Held()
    say = held.timed(assistant.conversation(running.ports[0]))
    for _ in range(max(depths) + WORDS_OF_A_CYCLE // 2):
        say(next(texts))
    half = WORDS_OF_A_CYCLE // 2
    return {depth: statistics.median(held.seconds[depth - half - 1 : depth + half]) for depth in depths}


class _TimeIsUp(Exception):  # noqa: N818 - no error
    """The measurement is over; what is still running does not count."""


def _dealt(talks: Sequence[Talk]) -> Iterator[Talk]:
    """Without end, in strides, so that people do not hold talks of one kind at a time."""
    stride = next(step for step in (37, 41, 43) if len(talks) % step)
    return (talks[number * stride % len(talks)] for number in itertools.count())
