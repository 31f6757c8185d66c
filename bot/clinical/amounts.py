"""Numbers as people write them: "2 1/2", "twenty one", "a couple of", "5-6", "50,000".

Everything works on tokens and token positions; the words stand in ``data/durations.yml``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.clinical.tokens import Token

_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?$")
_DECIMAL = re.compile(r"\d+(?:[.,]\d+)?$")
_FRACTION_SLASH = "⁄"
# "1/2", "1/3", "1/4" are fractions.
_PARTS = frozenset({"2", "3", "4"})
# "twenty one": tens and units that may follow one another.
_TENS = frozenset(range(20, 100, 10))


@dataclass(frozen=True)
class NumberWords:
    """Number words of a language; ``loose`` ones ("few", "several") take no part in ranges of digits."""

    exact: dict[str, float]
    loose: dict[str, float]
    half: frozenset[str]
    articles: frozenset[str]
    range_joins: frozenset[str]
    ands: frozenset[str]
    ofs: frozenset[str]
    praise: frozenset[str]


@dataclass(frozen=True)
class Amount:
    """A number at tokens ``[start, end)``; ``counted`` is False when only an article stands for "one"."""

    value: float
    start: int
    end: int
    counted: bool = True


def plain_number(token: Token) -> float | None:
    """A token in digits: "1.5", "1,000", "50,000"; a decimal comma counts ("3,5")."""
    text = token.text
    if not text[:1].isdigit():
        return None
    if _GROUPED.match(text):
        return float(text.replace(",", ""))
    if _DECIMAL.match(text):
        return float(text.replace(",", "."))
    return None


def read_amount(tokens: Sequence[Token], at: int, words: NumberWords) -> Amount | None:
    """The amount that begins at token ``at``: a range ("4-5", "5 or 6") counts as its middle."""
    first = _single(tokens, at, words)
    if first is None:
        return None
    end = first.end
    if end + 1 < len(tokens) and first.counted and tokens[end].norm in words.range_joins:
        second = _single(tokens, end + 1, words)
        if second and second.counted and second.value > first.value:
            return Amount((first.value + second.value) / 2, at, second.end)
    return first


def _single(tokens: Sequence[Token], at: int, words: NumberWords) -> Amount | None:
    norm = _norm(tokens, at)
    if norm in words.half:
        end = at + 1
        while _norm(tokens, end) in words.articles or _norm(tokens, end) in words.ofs:
            end += 1
        return Amount(0.5, at, end)
    if norm in words.articles:
        return _after_article(tokens, at, words)
    if norm in words.loose:
        return Amount(words.loose[norm], at, at + 1 + (_norm(tokens, at + 1) in words.ofs))
    digits = plain_number(tokens[at]) if at < len(tokens) else None
    found = _digits(tokens, at, digits) if digits is not None else _spelt(tokens, at, words)
    return _with_half(tokens, found, words) if found else None


def _after_article(tokens: Sequence[Token], at: int, words: NumberWords) -> Amount:
    """ "a", "a couple of", "a good few", "an hour", "a half"."""
    following = at + 1
    inner = _single(tokens, following, words) if _norm(tokens, following) not in words.articles else None
    if inner and (_norm(tokens, following) in words.loose or _norm(tokens, following) in words.half):
        return Amount(inner.value, at, inner.end)
    if _norm(tokens, following) in words.praise:
        counted = _single(tokens, following + 1, words)
        if counted and counted.counted:
            return Amount(counted.value, at, counted.end)
    return Amount(1.0, at, at + 1, counted=False)


def _digits(tokens: Sequence[Token], at: int, value: float) -> Amount:
    """Digits with what belongs to them: "1/2", "2 1/2", and the one-character fractions."""
    if _is_fraction(tokens, at):
        whole, numerator = _split_fraction(tokens, at)
        return Amount(whole + numerator / float(tokens[at + 2].text), at, at + 3)
    if _is_fraction(tokens, at + 1) and tokens[at + 2].norm == "/" and value.is_integer():
        numerator = float(tokens[at + 1].text)
        if numerator < float(tokens[at + 3].text):
            return Amount(value + numerator / float(tokens[at + 3].text), at, at + 4)
    return Amount(value, at, at + 1)


def _is_fraction(tokens: Sequence[Token], at: int) -> bool:
    """ "1/2", or any one-character fraction; "3/4 days" with a plain slash means three or four."""
    row = tokens[at : at + 3]
    if len(row) < 3 or not (row[0].text.isdecimal() and row[2].text.isdecimal()) or float(row[2].text) == 0:
        return False
    return row[1].norm == _FRACTION_SLASH or (row[1].norm == "/" and row[0].text == "1" and row[2].text in _PARTS)


def _split_fraction(tokens: Sequence[Token], at: int) -> tuple[float, float]:
    """Whole part and numerator; "3½" reaches us as 31, fraction slash, 2."""
    text = tokens[at].text
    if tokens[at + 1].norm == _FRACTION_SLASH and len(text) > 1:
        return float(text[:-1]), float(text[-1])
    return 0.0, float(text)


def _spelt(tokens: Sequence[Token], at: int, words: NumberWords) -> Amount | None:
    value = words.exact.get(_norm(tokens, at))
    if value is None:
        return None
    end = at + 1
    if value in _TENS:
        end += _norm(tokens, end) == "-"
        unit = words.exact.get(_norm(tokens, end))
        if unit is not None and 0 < unit < 10:
            return Amount(value + unit, at, end + 1)
    return Amount(value, at, at + 1)


def _with_half(tokens: Sequence[Token], amount: Amount, words: NumberWords) -> Amount:
    """ "two and a half"."""
    after = half_after(tokens, amount.end, words)
    return Amount(amount.value + 0.5, amount.start, after) if after else amount


def half_after(tokens: Sequence[Token], at: int, words: NumberWords) -> int | None:
    """End of "and a half" at ``at``, else None."""
    if _norm(tokens, at) not in words.ands:
        return None
    at += 1
    at += _norm(tokens, at) in words.articles
    return at + 1 if _norm(tokens, at) in words.half else None


def _norm(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].norm if 0 <= at < len(tokens) else ""
