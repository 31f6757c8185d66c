"""How much vitamin D a person takes, in IU a day, from what a text says.

Only doses that are taken now count: not those asked about, recommended, given up or taken by somebody else.
1 microgram is 40 IU (knowledge base, 5.5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.clinical.amounts import NumberWords, plain_number, read_amount
from bot.clinical.time_words import time_words
from bot.clinical.tokens import Token, tokenize
from bot.clinical.wordlists import load_words, plain

PATH = Path(__file__).parent / "data" / "profile.yml"
IU_PER_MICROGRAM = 40.0
THOUSAND = 1000.0
# A dose above this without "daily" or "weekly" may be either: it is left out rather than guessed.
LARGEST_WITHOUT_INTERVAL_IU = 10_000.0
# Fewer IU than this without a unit are tablets, years or percentages.
SMALLEST_BARE_IU = 200.0
# A message of no more words is an answer to "how much do you take?".
ANSWER_WORDS = 9
NEAR = 8
# How soon after the amount "tablets" has to come: "two 1000 IU vitamin D3 tablets".
PIECES_WITHIN = 4
# Words that may stand between "I take" and the amount: "I take about 5000", "I'm taking a daily 4000".
SURELY_WITHIN = 2
_STOPS = frozenset({".", "!", "?", "\n", ";"})


@dataclass(frozen=True)
class _Dose:
    iu: float
    start: int
    end: int


@dataclass(frozen=True)
class _Words:
    products: Mapping[str, tuple[tuple[str, ...], ...]]
    others: Mapping[str, tuple[tuple[str, ...], ...]]
    iu: frozenset[str]
    micrograms: frozenset[str]
    thousands: frozenset[str]
    pieces: frozenset[str]
    intervals: Mapping[str, tuple[tuple[tuple[str, ...], float], ...]]
    taking: frozenset[str]
    after_bare: frozenset[str]
    not_taking: Mapping[str, tuple[tuple[str, ...], ...]]
    not_taking_first: frozenset[str]
    asked: Mapping[str, tuple[tuple[str, ...], ...]]
    surely_taking: Mapping[str, tuple[tuple[str, ...], ...]]


def supplement_iu_day(tokens: Sequence[Token], text: str) -> float | None:
    """All vitamin D taken, added up, in IU a day; None when the text names no dose that is taken."""
    words = _words()
    norms = [token.norm for token in tokens]
    if not any(token.text[0].isdigit() for token in tokens):
        return None
    products, others = _places(norms, words.products), _places(norms, words.others)
    doses = [dose for dose in _doses(tokens, norms, words) if _is_vitamin_d(dose, products, others, norms, words)]
    # The same dose told again in another sentence is not taken twice.
    total: dict[float, list[tuple[int, float]]] = {}
    for index, dose in enumerate(doses):
        sentence = _sentence(norms, dose)
        share = _share_in(norms, doses, index, sentence, words)
        if not _taken(norms, sentence, dose, words) or (share is None and dose.iu > LARGEST_WITHOUT_INTERVAL_IU):
            continue
        told = total.setdefault(dose.iu, [])
        if not told or told[0][0] == sentence[0]:
            told.append((sentence[0], dose.iu * (1.0 if share is None else share)))
    amounts = [amount for told in total.values() for _, amount in told]
    return round(sum(amounts), 1) if amounts else None


def _share_in(
    norms: list[str], doses: Sequence[_Dose], index: int, sentence: tuple[int, int], words: _Words
) -> float | None:
    """The interval of one dose; "400 IU and 2000 IU a day" shares the one that is named last."""
    limit = doses[index + 1].start if index + 1 < len(doses) else sentence[1]
    share = _share(norms, doses[index], min(limit, sentence[1]), words)
    return share if share is not None or len(doses) == 1 else _share(norms, doses[-1], sentence[1], words)


def _doses(tokens: Sequence[Token], norms: list[str], words: _Words) -> list[_Dose]:
    """Amounts in IU or micrograms, with the number of tablets before them multiplied in."""
    numbers, found = time_words().numbers, []
    place = 0
    while place < len(tokens):
        dose = _dose(tokens, norms, place, numbers, words)
        if dose:
            found.append(_times_pieces(tokens, norms, dose, numbers, words))
            place = dose.end
        else:
            place += 1
    return found


def _dose(tokens: Sequence[Token], norms: list[str], place: int, numbers: NumberWords, words: _Words) -> _Dose | None:
    if not tokens[place].text[0].isdigit() or plain_number(tokens[place]) is None:
        return None
    amount = read_amount(tokens, place, numbers)
    if amount is None:
        return None
    value, end = amount.value, amount.end
    if end - place > 1 and place and norms[place - 1] == "from":
        value = plain_number(tokens[end - 1]) or value
    if _at(norms, end) in words.thousands:
        value, end = value * THOUSAND, end + 1
    unit = _at(norms, end)
    if unit in words.iu:
        end += 1
        while _at(norms, end) in (".", "u") and _at(norms, end - 1) in ("i", ".", "u") and unit == "i":
            end += 1
        return _Dose(value, place, end)
    if unit in words.micrograms:
        return _Dose(value * IU_PER_MICROGRAM, place, end + 1)
    if value < SMALLEST_BARE_IU or _at(norms, end) in ("mg", "g", "ml", "/", "%"):
        return None
    named = _names_at(norms, place, end, words) or _taken_bare(norms, place, end, words)
    return _Dose(value, place, end) if named else None


def _taken_bare(norms: list[str], start: int, end: int, words: _Words) -> bool:
    """A bare number that is taken, a vitamin D product anywhere beside it: "I take 5000 and a multivitamin"."""
    ends = _at(norms, end) in ("", *words.after_bare)
    return _at(norms, start - 1) in words.taking and ends and bool(_places(norms, words.products))


def _names_at(norms: list[str], start: int, end: int, words: _Words) -> bool:
    """A vitamin D product right beside a bare number: "2000 of D3", "vitamin D 5000"."""
    products = _places(norms, words.products)
    return any(0 <= s - end <= 1 or 0 <= start - e <= 1 for s, e in products)


def _times_pieces(tokens: Sequence[Token], norms: list[str], dose: _Dose, numbers: NumberWords, words: _Words) -> _Dose:
    """ "two 1000 IU tablets", "2 x 1000 IU", "2 tablets of 1000 IU"."""
    place = dose.start - 1
    joined = _at(norms, place) in ("x", "of", "×", "*")
    place -= joined
    pieces = _at(norms, place) in words.pieces
    place -= pieces
    if place < 0:
        return dose
    count = plain_number(tokens[place]) or numbers.exact.get(norms[place]) or numbers.loose.get(norms[place])
    beside = (
        pieces
        or _at(norms, place + 1) in ("x", "×", "*")
        or bool(words.pieces & {*norms[dose.end : dose.end + PIECES_WITHIN]})
    )
    if count and 1 < count <= 20 and beside:
        return _Dose(dose.iu * count, place, dose.end)
    return dose


def _is_vitamin_d(
    dose: _Dose, products: list[tuple[int, int]], others: list[tuple[int, int]], norms: list[str], words: _Words
) -> bool:
    """Whether the nearest substance named is vitamin D; without any, IU counts as vitamin D in an answer."""
    rivals = [p for p in others if p not in products]
    nearest = min((_distance(dose, p), 0) for p in products) if products else None
    rival = min((_distance(dose, p), 0) for p in rivals) if rivals else None
    if nearest is None:
        told = len(norms) <= ANSWER_WORDS or _surely_taken(norms[: dose.start], words)
        return rival is None and _at(norms, dose.end - 1) in words.iu and told
    return rival is None or nearest <= rival


def _distance(dose: _Dose, place: tuple[int, int]) -> int:
    """Words between; a name after the dose is a little nearer ("400 IU of D3 and B12")."""
    return 2 * (place[0] - dose.end) if place[0] >= dose.end else 2 * (dose.start - place[1]) + 1


def _taken(norms: list[str], sentence: tuple[int, int], dose: _Dose, words: _Words) -> bool:
    left, right = sentence
    before = norms[left : dose.start]
    if before[:1] and before[0] in words.not_taking_first:
        return False
    if any(_has_row(before, row) for rows in words.not_taking.values() for row in rows):
        return False
    if _surely_taken(before, words):
        return True
    if any(_has_row(norms[dose.end : right], row) for rows in words.asked.values() for row in rows):
        return False
    if len(norms) <= ANSWER_WORDS and _at(norms, right) != "?":
        return True
    return bool(words.taking & {*norms[left:right]})


def _surely_taken(before: Sequence[str], words: _Words) -> bool:
    """Whether the words right before a dose say that it is taken, whatever is asked of it: "I take 5000, too much?"."""
    rows = (row for rows in words.surely_taking.values() for row in rows)
    return any(_has_row(before[-len(row) - SURELY_WITHIN :], row) for row in rows)


def _has_row(norms: Sequence[str], row: tuple[str, ...]) -> bool:
    return any(tuple(norms[i : i + len(row)]) == row for i in range(len(norms) - len(row) + 1))


def _share(norms: list[str], dose: _Dose, limit: int, words: _Words) -> float | None:
    """How many times a day the dose is taken; None when nothing is said."""
    places = [*range(dose.end, limit), *range(max(0, dose.start - NEAR), dose.start)]
    for place in places:
        for row, share in words.intervals.get(norms[place], ()):
            if tuple(norms[place : place + len(row)]) == row:
                return share
        share_counted = _counted_share(norms, place)
        if share_counted:
            return share_counted
    return None


def _counted_share(norms: list[str], place: int) -> float | None:
    """ "3 times a week", "5 days a week", "every 2 weeks"."""
    numbers, unit_days, units = time_words().numbers, time_words().unit_days, time_words().units
    number = float(norms[place]) if norms[place].isdecimal() else numbers.exact.get(norms[place])
    if not number:
        return None
    first, second, third = (_at(norms, place + step) for step in (1, 2, 3))
    if first in ("times", "x", "days") and second in ("a", "per", "each", "every") and third in units:
        return number / unit_days[units[third]]
    if _at(norms, place - 1) == "every" and first in units:
        return 1 / (number * unit_days[units[first]])
    return None


def _sentence(norms: list[str], dose: _Dose) -> tuple[int, int]:
    left, right = dose.start, dose.end
    while left > 0 and norms[left - 1] not in _STOPS:
        left -= 1
    while right < len(norms) and norms[right] not in _STOPS:
        right += 1
    return left, right


def _places(norms: list[str], rows: Mapping[str, tuple[tuple[str, ...], ...]]) -> list[tuple[int, int]]:
    found = []
    for place, norm in enumerate(norms):
        for row in rows.get(norm, ()):
            if tuple(norms[place : place + len(row)]) == row:
                found.append((place, place + len(row)))
                break
    return found


def _at(norms: Sequence[str], place: int) -> str:
    return norms[place] if 0 <= place < len(norms) else ""


@lru_cache(maxsize=1)
def _words() -> _Words:
    raw = plain(load_words(PATH)["doses"])
    intervals: dict[str, list[tuple[tuple[str, ...], float]]] = {}
    for item in raw["intervals"]:
        for words in item["words"]:
            row = _row(words)
            intervals.setdefault(row[0], []).append((row, float(item["a_day"])))
    return _Words(
        products=_by_first(raw["products"]),
        others=_by_first(raw["other_substances"]),
        iu=frozenset(raw["iu"]),
        micrograms=frozenset(raw["micrograms"]),
        thousands=frozenset(raw["thousands"]),
        pieces=frozenset(raw["pieces"]),
        intervals={first: tuple(sorted(group, key=lambda item: -len(item[0]))) for first, group in intervals.items()},
        taking=frozenset(raw["taking"]),
        after_bare=frozenset(raw["after_bare"]),
        not_taking=_by_first(raw["not_taking"]),
        not_taking_first=frozenset(raw["not_taking_first"]),
        asked=_by_first(raw["asked_about"]),
        surely_taking=_by_first(raw["surely_taking"]),
    )


def _row(words: Any) -> tuple[str, ...]:
    return tuple(token.norm for token in tokenize(str(words)))


def _by_first(phrases: Sequence[Any]) -> dict[str, tuple[tuple[str, ...], ...]]:
    rows: dict[str, list[tuple[str, ...]]] = {}
    for words in phrases:
        row = _row(words)
        rows.setdefault(row[0], []).append(row)
    return {first: tuple(sorted(group, key=lambda row: -len(row))) for first, group in rows.items()}
