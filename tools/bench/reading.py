"""``python -m tools.bench.reading``: what ``read(text)`` alone costs, and the texts that cost most.

Everyday texts are those of the scripted talks and of the marked sentences. The hard ones: what fuzzing has kept
(tests/fuzz/corpus), and texts as long as a channel lets through, made of what the rules look at longest.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bot.channels.cleaning import MAX_CHARACTERS
from bot.clinical import read
from tests.clinical.marked import sentences
from tools.bench.figures import percentile
from tools.talks import cases

CORPUS = Path(__file__).resolve().parents[2] / "tests" / "fuzz" / "corpus"
REPEATS, MS, KILOBYTE = 3, 1000, 1000
SHOWN, SHOWN_CHARACTERS = 8, 60
PIECES = (
    "my calf keeps twitching and ", "no pain in my left leg, ", "not tired but dizzy, ",
    "for three weeks or two months ",
    "my mum's bones ache, ", "what if i had chest pain? ", "i never said cramps but ", "25(OH)D 18 ng/mL ",
    "2000 IU a day ", "left, right, ", "no ", "and ", "1/2 ", "(", "? ", "the pain ", "it hurts when i ", "aaaa ",
)  # fmt: skip


def main() -> int:
    """Measure and print."""
    read("my calf keeps twitching")  # loads the word lists
    everyday = [(text, _cost(text)) for text in _everyday()]
    hard = [(text, _cost(text)) for text in _hard()]
    _print("everyday texts", everyday)
    _print("fuzzed and generated texts", hard)
    print(f"\nslowest of all, of {len(everyday) + len(hard)}:")
    for text, seconds in sorted([*everyday, *hard], key=lambda pair: -pair[1])[:SHOWN]:
        print(f"{seconds * MS:8.1f} ms  {len(text):5} characters  {text[:SHOWN_CHARACTERS]!r}")
    return 0


def _everyday() -> list[str]:
    said = [turn if isinstance(turn, str) else turn["you"] for case in cases() for turn in case["say"]]
    return [*said, *(sentence.text for sentence in sentences())]


def _hard() -> Iterator[str]:
    for path in sorted(CORPUS.iterdir()):
        yield path.read_bytes().decode("utf-8", "replace")[:MAX_CHARACTERS]
    for piece in PIECES:
        yield (piece * MAX_CHARACTERS)[:MAX_CHARACTERS]
    yield ("".join(PIECES) * MAX_CHARACTERS)[:MAX_CHARACTERS]
    yield " ".join(sentence.text for sentence in sentences())[:MAX_CHARACTERS]


def _cost(text: str) -> float:
    """Seconds of processor time, the least of several: what other work on the machine adds is left out."""
    costs = []
    for _ in range(REPEATS):
        began = time.process_time()
        read(text)
        costs.append(time.process_time() - began)
    return min(costs)


def _print(title: str, measured: list[tuple[str, float]]) -> None:
    costs = [seconds * MS for _, seconds in measured]
    rates = [seconds * MS * KILOBYTE / len(text) for text, seconds in measured if len(text) >= KILOBYTE / 2]
    told = f"{title} ({len(costs)}): median {statistics.median(costs):.1f} ms"
    told += f", 95th percentile {percentile(costs, 0.95):.1f}, 99th {percentile(costs, 0.99):.1f}"
    told += f", longest {max(costs):.1f}"
    print(told + (f"; texts of half a kB or more: {statistics.median(rates):.1f} ms a kB" if rates else ""))


if __name__ == "__main__":
    sys.exit(main())
