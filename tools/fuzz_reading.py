"""Coverage-guided fuzzing of the reader: ``python -m tools.fuzz_reading tests/fuzz/corpus [libFuzzer options]``.

Every text must be read without an error, and every span must be cut out of the text by its offsets. Needs atheris
(Linux on x86-64). What it finds new is added to the corpus folder, which is kept; a crash leaves its input there.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["bot.clinical"]):
    from bot.clinical import read

LONGEST = 2_000  # characters: what the channels let through


def check(data: bytes) -> None:
    """Read one input; raises where the reader does or an offset is off."""
    text = data.decode("utf-8", "replace")[:LONGEST]
    reading = read(text)
    for item in (*reading.findings, *reading.durations, *reading.exposures, *reading.signs, *reading.red_flags):
        if text[item.start : item.end] != item.span:
            raise AssertionError(f"offsets {item.start}-{item.end} do not cut out {item.span!r}")


def main() -> None:
    """Fuzz until told to stop."""
    read("my calf keeps twitching")  # loaded before the clock of the first input runs
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
