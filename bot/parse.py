"""``python -m bot parse``: what is in a text, as JSON lines (section 1 of the interface)."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TextIO

MAX_CHARACTERS = 10_000  # a text longer than a long forum post is refused, not read in part


class InputError(ValueError):
    """A line that cannot be read; the message says why."""


def main(argv: Sequence[str] | None = None) -> int:
    """Read one text or JSON lines; 1 when any line could not be read, else 0."""
    return parse_lines(given_lines("parse", __doc__, argv), sys.stdout, sys.stderr)


def given_lines(command: str, description: str | None, argv: Sequence[str] | None) -> Iterable[str]:
    """The JSON lines a command is to work on: one made of ``--text``, or those on standard input."""
    parser = argparse.ArgumentParser(prog=f"python -m bot {command}", description=description)
    parser.add_argument("--text", help="one text instead of JSON lines on standard input")
    text = parser.parse_args(argv).text
    if text is not None:
        return [json.dumps({"id": "1", "text": text})]
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    return sys.stdin


def parse_lines(lines: Iterable[str], out: TextIO, err: TextIO) -> int:
    """Write one JSON line for each good line of ``lines``; tell of each bad one with its number."""
    from bot.clinical import read  # the word lists are compiled only when something is to be read

    status = 0
    for row in good_rows(lines, err):
        if row is None:
            status = 1
            continue
        reading = read(row["text"])
        out.write(json.dumps({"id": row.get("id"), **reading.to_dict()}, ensure_ascii=True) + "\n")
    out.flush()
    return status


def good_rows(lines: Iterable[str], err: TextIO) -> Iterator[dict[str, Any] | None]:
    """Each line's row, or None after telling on ``err`` what is wrong with the line."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield row_of(line)
        except InputError as error:
            err.write(f"line {number}: {error}\n")
            yield None


def row_of(line: str) -> dict[str, Any]:
    """The object on the line; ``InputError`` if it is no JSON object with a text of allowed length."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError("not JSON") from error
    if not isinstance(row, dict):
        raise InputError("not a JSON object")
    text = row.get("text")
    if not isinstance(text, str) or not text.strip():
        raise InputError("no text")
    if len(text) > MAX_CHARACTERS:
        raise InputError(f"text over {MAX_CHARACTERS:,} characters")
    return row
