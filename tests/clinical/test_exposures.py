"""Exposures are read with the right status, and near-misses are left alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.clinical import read
from bot.clinical.wordlists import DATA, load_words

TABLE = Path(__file__).parents[1] / "cases" / "exposures.yml"


def _rows() -> Iterator[pytest.ParameterSet]:
    for group, rows in yaml.safe_load(TABLE.read_text(encoding="utf-8")).items():
        for row in rows:
            yield pytest.param(row["text"], row["read"], id=f"{group}: {row['text']}")


def _examples() -> Iterator[pytest.ParameterSet]:
    for path in sorted(DATA.glob("exposures_*.yml")):
        for entry in load_words(path)["entries"]:
            yield pytest.param(entry["id"], entry["example"], id=f"{path.name}: {entry['id']}")


def _expected(marks: list[str]) -> set[tuple[str, str]]:
    return {(name, status or "present") for name, _, status in (mark.partition(" ") for mark in marks)}


@pytest.mark.parametrize(("text", "marks"), _rows())
def test_reads_exactly_the_marked_exposures(text: str, marks: list[str]) -> None:
    assert {(e.exposure, e.status) for e in read(text).exposures} == _expected(marks)


@pytest.mark.parametrize(("exposure", "example"), _examples())
def test_every_example_is_read(exposure: str, example: str) -> None:
    assert exposure in {e.exposure for e in read(example).exposures}


@pytest.mark.parametrize(("text", "marks"), _rows())
def test_spans_are_words_of_the_text(text: str, marks: list[str]) -> None:
    for exposure in read(text).exposures:
        assert text[exposure.start : exposure.end] == exposure.span
