"""What fuzzing has found is read without an error, each span cut out by its offsets (``tools/fuzz_reading.py``)."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.clinical import read

CORPUS = sorted((Path(__file__).resolve().parents[1] / "fuzz" / "corpus").iterdir())


@pytest.mark.parametrize("number", range(len(CORPUS)), ids=[path.name for path in CORPUS])
def test_a_found_text_is_read(number: int) -> None:
    text = CORPUS[number].read_bytes().decode("utf-8", "replace")
    reading = read(text)
    for item in (*reading.findings, *reading.durations, *reading.exposures, *reading.signs, *reading.red_flags):
        assert text[item.start : item.end] == item.span


def test_a_fraction_of_nothing_is_no_error() -> None:
    assert read("10000i.00⁄0iu of vitamin D, 1/0 days").durations == ()
