"""Words of a text with the offsets they have in the text as given.

Case, curly quotes, zero-width characters, accents and the Unicode form (NFC or NFKD) do not change
what is read: they are folded before the words are cut, and every word keeps its place in the original.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

import spacy
from spacy.language import Language

# Quotes, dashes and ellipses that phones put in for the plain ones.
_FOLDED = str.maketrans({"‘": "'", "’": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"', "–": "-", "—": "-"})
# After these words "'s" is "is"; after any other it is a possessive.
_IS_BEARERS = frozenset({"it", "he", "she", "that", "there", "what", "who", "here", "this", "where", "how"})
_TAILS = frozenset({"'s", "s", "m"})
_CHUNKS = re.compile(r"\s+|\S+")
_PIECES = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)*|'[^\W\d_]+|\n|[^\w\s]|_")
_DRAWN_OUT = re.compile(r"(.)\1{2,}")


class Token(NamedTuple):
    """A word, number or punctuation mark: ``text`` as written, ``norm`` lower-cased and expanded.

    ``is_word``: letters or digits, no mark.
    """

    text: str
    norm: str
    start: int
    end: int
    is_word: bool


# Start and end inside its run of characters, norm, whether it is a word, whether it may be a contraction's tail.
_Piece = tuple[int, int, str, bool, bool]


@lru_cache(maxsize=1)
def _language() -> Language:
    return spacy.blank("en")


def _fold(text: str) -> tuple[str, list[int]]:
    """Plain characters and, for each, the offset of the character it came from."""
    if text.isascii():
        return text, []
    plain: list[str] = []
    origin: list[int] = []
    for offset, char in enumerate(text):
        folded = _folded(char)
        plain.append(folded)
        origin.extend([offset] * len(folded))
    return "".join(plain), origin


@lru_cache(maxsize=2_000)
def _folded(char: str) -> str:
    return "".join(
        part
        for part in unicodedata.normalize("NFKD", char.translate(_FOLDED))
        if unicodedata.category(part) not in ("Mn", "Cf", "Cc", "Cs") or part in "\n\t\r"
    )


def tokenize(text: str) -> tuple[Token, ...]:
    """Cut ``text`` into tokens; hyphens between letters vanish, other hyphens and slashes are tokens."""
    plain, origin = _fold(text)
    lower = plain.lower()
    # spaCy knows "can't" and "Can't" but not "CAN'T": it is given lower case where that changes no length.
    shown = lower if len(lower) == len(plain) else plain
    tokens: list[Token] = []
    before = ""
    for chunk in _CHUNKS.finditer(shown):
        begin, written = chunk.start(), chunk.group()
        for first, last, norm, is_word, is_tail in _line_break(written, begin) if written.isspace() else _cut(written):
            start, end = begin + first, begin + last
            before = _contracted(norm, before) if is_tail else norm
            words = norm if norm == "\n" else plain[start:end]
            if origin:
                start, end = origin[start], origin[end - 1] + 1
            tokens.append(Token(words, before, start, end, is_word))
    return tuple(tokens)


def _line_break(space: str, begin: int) -> list[_Piece]:
    """The line break among white space, as spaCy places it: a space after a word is the word's own."""
    if "\n" not in space:
        return []
    return [(int(begin > 0 and space[0] == " "), len(space), "\n", False, False)]


@lru_cache(maxsize=10_000)
def _cut(chunk: str) -> list[_Piece]:
    """The words and marks of a run of characters without white space; the same run comes again and again."""
    cut: list[_Piece] = []
    for word in _language().tokenizer(chunk):
        if word.text.isalpha() or "'" in word.text or word.norm_ != word.lower_:
            norm = word.norm_.lower()
            cut.append(_piece(norm, word.idx, word.idx + len(word.text), is_tail=norm in _TAILS))
        else:
            cut.extend(_pieces(word.text, word.idx, chunk))
    return cut


def _contracted(norm: str, before: str) -> str:
    """ "It's" and "im" as "it is" and "i am"; any other "'s" stays a possessive."""
    if norm == "m":
        return "am" if before == "i" else norm
    return "is" if before in _IS_BEARERS else norm


def _pieces(text: str, idx: int, chunk: str) -> list[_Piece]:
    cut = []
    for piece in _PIECES.finditer(text):
        start, end = idx + piece.start(), idx + piece.end()
        if piece.group() == "-" and chunk[start - 1 : start].isalpha() and chunk[end : end + 1].isalpha():
            continue
        cut.append(_piece(_language().vocab[piece.group()].norm_.lower(), start, end, is_tail=False))
    return cut


def _piece(norm: str, start: int, end: int, *, is_tail: bool) -> _Piece:
    if norm.isalpha():
        norm = _DRAWN_OUT.sub(r"\1\1", norm)
    return start, end, norm, norm[0].isalnum() or norm[0] == "'", is_tail
