"""A flood is slowed down, a person is not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.channels import limits
from bot.channels.limits import Buckets


class Clock:
    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


def test_a_burst_then_the_rate() -> None:
    clock = Clock()
    buckets = Buckets(rate=0.5, burst=3, now=clock)
    assert [buckets.wait("a") for _ in range(5)] == [0, 0, 0, 2, 2]
    clock.time = 2.0
    assert [buckets.wait("a") for _ in range(2)] == [0, 2]


def test_one_persons_flood_is_not_anothers() -> None:
    buckets = Buckets(rate=1, burst=1, now=Clock())
    assert (buckets.wait("a"), buckets.wait("a"), buckets.wait("b")) == (0, 1, 0)


@given(st.lists(st.floats(0, 5), max_size=60), st.integers(1, 6))
def test_never_more_than_burst_and_rate_allow(pauses: list[float], burst: int) -> None:
    clock = Clock()
    buckets = Buckets(rate=1, burst=burst, now=clock)
    passed = 0
    for pause in pauses:
        clock.time += pause
        passed += buckets.wait("a") == 0
    assert passed <= burst + clock.time + 1e-6


def test_memory_is_bounded(monkeypatch) -> None:
    monkeypatch.setattr(limits, "MAX_BUCKETS", 10)
    buckets = Buckets(rate=0.001, burst=5, now=Clock())
    for number in range(100):
        buckets.wait(str(number))
    assert len(buckets._levels) <= 11


def test_forget() -> None:
    buckets = Buckets(rate=1, burst=1, now=Clock())
    buckets.wait("a")
    buckets.forget("a")
    assert buckets.wait("a") == 0
