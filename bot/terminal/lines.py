"""Lines from a keyboard or a file: each is a message, or tells why it cannot be one. Pure but for the reading."""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Iterator
from typing import BinaryIO

from bot.channels.cleaning import MAX_CHARACTERS

MAX_BYTES = 4 * MAX_CHARACTERS  # UTF-8 takes at most four bytes a character (RFC 3629, section 3)


class BadLineError(Exception):
    """A line that is no message; ``code`` names the sentence in ``texts.yml``."""

    def __init__(self, code: str) -> None:
        """``code``: "errors.too_long", "shell.control" or "shell.not_utf8"."""
        super().__init__(code)
        self.code = code


def checked(line: str) -> str:
    """The line without surrounding space; BadLineError if it is over-long, holds control characters or is no text."""
    text = line.strip()
    if len(text) > MAX_CHARACTERS:
        raise BadLineError("errors.too_long")
    kinds = {unicodedata.category(character) for character in text if character != "\t"}
    if "Cs" in kinds:  # what Python makes of bytes that are not UTF-8 (PEP 383)
        raise BadLineError("shell.not_utf8")
    if "Cc" in kinds:
        raise BadLineError("shell.control")
    return text


def lines_of(stream: BinaryIO) -> Iterator[str | BadLineError]:
    """Each line that is not empty, checked, or what is wrong with it; an over-long one is never held whole."""
    first = True
    while raw := stream.readline(MAX_BYTES + 2):
        if first:
            raw, first = raw.removeprefix(codecs.BOM_UTF8), False
        whole = raw.endswith(b"\n") or len(raw) < MAX_BYTES + 2
        if not whole:
            _skip_rest(stream)
            yield BadLineError("errors.too_long")
            continue
        try:
            text = checked(raw.decode("utf-8", "surrogateescape"))
        except BadLineError as bad:
            yield bad
            continue
        if text:
            yield text


def _skip_rest(stream: BinaryIO) -> None:
    while (more := stream.readline(MAX_BYTES)) and not more.endswith(b"\n"):
        pass
