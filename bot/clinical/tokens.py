"""Words of a text with the offsets they have in the text as given.

Case, curly quotes, zero-width characters, accents and the Unicode form (NFC or NFKD) do not change
what is read: they are folded before the words are cut, and every word keeps its place in the original.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import spacy
from spacy.language import Language

# Quotes, dashes and ellipses that phones put in for the plain ones.
_FOLDED = str.maketrans({"‘": "'", "’": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"', "–": "-", "—": "-"})
# After these words "'s" is "is"; after any other it is a possessive.
_IS_BEARERS = frozenset({"it", "he", "she", "that", "there", "what", "who", "here", "this", "where", "how"})
_PIECES = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)*|'[^\W\d_]+|\n|[^\w\s]|_")
_DRAWN_OUT = re.compile(r"(.)\1{2,}")


@dataclass(frozen=True)
class Token:
    """A word, number or punctuation mark: ``text`` as written, ``norm`` lower-cased and expanded.

    ``is_word``: letters or digits, no mark.
    """

    text: str
    norm: str
    start: int
    end: int
    is_word: bool


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
        char = char.translate(_FOLDED)
        for part in unicodedata.normalize("NFKD", char):
            if unicodedata.category(part) in ("Mn", "Cf", "Cc", "Cs") and part not in "\n\t\r":
                continue
            plain.append(part)
            origin.append(offset)
    return "".join(plain), origin


def tokenize(text: str) -> tuple[Token, ...]:
    """Cut ``text`` into tokens; hyphens between letters vanish, other hyphens and slashes are tokens."""
    plain, origin = _fold(text)
    tokens: list[Token] = []
    lower = plain.lower()
    # spaCy knows "can't" and "Can't" but not "CAN'T": it is given lower case where that changes no length.
    for word in _language().tokenizer(lower if len(lower) == len(plain) else plain):
        if word.is_space:
            if "\n" in word.text:
                tokens.append(_token("\n", "\n", word.idx, word.idx + len(word.text), origin))
            continue
        if word.text.isalpha() or "'" in word.text or word.norm_ != word.lower_:
            norm = _contracted(word.norm_.lower(), tokens[-1].norm if tokens else "")
            tokens.append(
                _token(plain[word.idx : word.idx + len(word.text)], norm, word.idx, word.idx + len(word.text), origin)
            )
            continue
        tokens.extend(_pieces(word.text, word.idx, plain, origin))
    return tuple(tokens)


def _contracted(norm: str, before: str) -> str:
    """ "It's" and "im" as "it is" and "i am"; any other "'s" stays a possessive."""
    if norm in ("'s", "s") and before in _IS_BEARERS:
        return "is"
    return "am" if norm == "m" and before == "i" else norm


def _pieces(text: str, idx: int, plain: str, origin: list[int]) -> list[Token]:
    cut = []
    for piece in _PIECES.finditer(text):
        start, end = idx + piece.start(), idx + piece.end()
        if piece.group() == "-" and plain[start - 1 : start].isalpha() and plain[end : end + 1].isalpha():
            continue
        norm = _language().vocab[piece.group()].norm_.lower()
        cut.append(_token(plain[start:end], norm, start, end, origin))
    return cut


def _token(text: str, norm: str, start: int, end: int, origin: list[int]) -> Token:
    if norm.isalpha():
        norm = _DRAWN_OUT.sub(r"\1\1", norm)
    is_word = norm[0].isalnum() or norm[0] == "'"
    if not origin:
        return Token(text, norm, start, end, is_word)
    return Token(text, norm, origin[start], origin[end - 1] + 1, is_word)
