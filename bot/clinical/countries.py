"""Where somebody says that they live, for the national advice of that country; never guessed from a place alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bot.clinical.matcher import Matcher
from bot.clinical.patterns import BREAKS, Compiler
from bot.clinical.tokens import Token, tokenize
from bot.clinical.wordlists import load_words, plain

PATH = Path(__file__).parent / "data" / "countries.yml"
_LEFT_OUT = BREAKS | {"in"}
NAMES, PLACE = "countries", "{place}"


@dataclass(frozen=True)
class _Words:
    """``says`` and ``denies``: matchers whose meaning is the country; ``names``: each name as norms."""

    says: Matcher
    denies: Matcher
    names: Mapping[tuple[str, ...], str]


def find_country(tokens: Sequence[Token]) -> str | None:
    """The country of the last statement ("UK", "US", "Canada", "elsewhere"); None when none is stated."""
    words, norms = _words(), [token.norm for token in tokens]
    if whole := words.names.get(tuple(norm for norm in norms if norm not in _LEFT_OUT)):
        return whole
    said = words.says.find(norms)
    if not said:
        return None
    denied = words.denies.find(norms)
    said = [
        match
        for match in said
        if not any(no.start < match.end and match.start < no.end and no.meaning == match.meaning for no in denied)
    ]
    said.sort(key=lambda match: (match.end, match.length))
    return str(said[-1].meaning) if said else None


@lru_cache(maxsize=1)
def _words() -> _Words:
    raw = load_words(PATH)
    fillers = frozenset(map(str, raw["fillers"]))
    families = plain(raw[NAMES])
    compiler = Compiler(families, fillers=fillers, cut=tokenize)

    def matcher(sources: Iterable[str]) -> Matcher:
        patterns = [
            compiler.compile(source.replace(PLACE, f"{{{name}}}"), name) for source in sources for name in families
        ]
        return Matcher(patterns, fillers=fillers)

    names = {tuple(token.norm for token in tokenize(word)): name for name, group in families.items() for word in group}
    return _Words(matcher(raw["says"]), matcher(raw["not"]), names)
