"""Which lines are messages, and what is said about those that are not."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.cleaning import MAX_CHARACTERS
from bot.terminal.lines import BadLineError, checked, lines_of


def read(raw: bytes) -> list[str]:
    return [line.code if isinstance(line, BadLineError) else line for line in lines_of(io.BytesIO(raw))]


@pytest.mark.parametrize(
    ("raw", "lines"),
    [
        (b"one\n\n  two  \n", ["one", "two"]),
        (b"no end of line", ["no end of line"]),
        (b"\xef\xbb\xbfafter a byte order mark\r\nthen\r\n", ["after a byte order mark", "then"]),
        ("müde, 头痛 😀\n".encode(), ["müde, 头痛 😀"]),
        (b"with\ttab\n", ["with\ttab"]),
        (b"\x1b[A\nfine\n", ["shell.control", "fine"]),
        (b"a\x00b\nfine\n", ["shell.control", "fine"]),
        (b"a\x7fb\n", ["shell.control"]),
        ("a\u0085b\n".encode(), ["shell.control"]),
        (b"caf\xe9\nfine\n", ["shell.not_utf8", "fine"]),
        (b"\xff\xfeh\x00i\x00\n", ["shell.not_utf8"]),
        (b"x" * MAX_CHARACTERS + b"\nfine\n", ["x" * MAX_CHARACTERS, "fine"]),
        (b"x" * (MAX_CHARACTERS + 1) + b"\nfine\n", ["errors.too_long", "fine"]),
        (b"x" * 5_000_000 + b"\nfine\n", ["errors.too_long", "fine"]),
        (b"x" * 5_000_000, ["errors.too_long"]),
        ("😀".encode() * MAX_CHARACTERS + b"\n", ["😀" * MAX_CHARACTERS]),
        (b"", []),
    ],
)
def test_lines(raw, lines):
    assert read(raw) == lines


@given(st.binary())
def test_whatever_the_bytes_each_line_is_a_message_or_has_a_reason(raw):
    for line in read(raw):
        assert line
        if "." not in line:
            assert checked(line) == line


@pytest.mark.parametrize("extra", [-1, 0, 1, 2, 3])
def test_a_line_about_as_long_as_is_read_at_once_is_one_line(extra):
    raw = b"x" * (4 * MAX_CHARACTERS + extra)
    assert read(raw + b"\nfine\n") == ["errors.too_long", "fine"]
