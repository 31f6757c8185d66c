"""Red-flag words are read; everyday wordings that look like them raise nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.clinical import read
from bot.clinical.wordlists import DATA, load_words

TABLE = Path(__file__).parents[1] / "cases" / "signs.yml"


def _rows(key: str) -> Iterator[pytest.ParameterSet]:
    for group, rows in yaml.safe_load(TABLE.read_text(encoding="utf-8")).items():
        for row in rows:
            for mark in row.get(key, ()):
                yield pytest.param(row["text"], mark, id=f"{group}: {row['text']} ({mark})")


def _examples() -> Iterator[pytest.ParameterSet]:
    entries = [entry for path in sorted(DATA.glob("signs_*.yml")) for entry in load_words(path)["entries"]]
    for entry in entries:
        yield pytest.param(entry["id"], entry["example"], id=entry["id"])


@pytest.mark.parametrize(("text", "mark"), _rows("read"))
def test_reads_the_sign(text: str, mark: str) -> None:
    name, _, status = mark.partition(" ")
    assert (name, status or "present") in {(s.sign, s.status) for s in read(text).signs}


@pytest.mark.parametrize(("text", "name"), _rows("never"))
def test_leaves_the_near_miss_alone(text: str, name: str) -> None:
    assert name not in {s.sign for s in read(text).signs if s.status == "present"}


@pytest.mark.parametrize(("sign", "example"), _examples())
def test_every_example_is_read(sign: str, example: str) -> None:
    assert sign in {s.sign for s in read(example).signs}
