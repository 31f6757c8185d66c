"""Writes the word lists as plain wordings, for readers that know phrases only.

``python -m tools.plain_wordings > wordings.json``: a list of ``{"concept" or "exposure": id, "words": "..."}``. A
pattern with a gap, or with more than ``MOST`` spellings, has no plain wording and is left out; a feeling word is
written with each place that makes a symptom of it ("numb foot", "foot numb").
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import islice, product

from bot.clinical.lexicon import Lexicon, Term, load_lexicon
from bot.clinical.patterns import Pattern

MOST = 400  # spellings of one pattern


def spellings(pattern: Pattern) -> Iterator[str]:
    """Every row of words that the pattern stands for, without its optional words."""
    required = [e for e in pattern.elements if not e.optional]
    if any(element.gap for element in required):
        return
    rows = [[" ".join(row) for group in e.choices.values() for row in group] for e in required]
    yield from (" ".join(words) for words in islice(product(*rows), MOST))


def wordings(lexicon: Lexicon) -> Iterator[dict[str, str]]:
    """Plain wordings of every concept and exposure."""
    places: dict[str, list[str]] = {}
    feelings: list[tuple[str, str]] = []
    for pattern in lexicon.patterns:
        meaning = pattern.meaning
        if not isinstance(meaning, Term) or meaning.blocked:
            continue
        if meaning.kind in ("concept", "exposure"):
            yield from ({meaning.kind: meaning.name, "words": words} for words in spellings(pattern))
        elif meaning.kind in ("place", "tissue"):
            places.setdefault(meaning.name, []).extend(spellings(pattern))
        elif meaning.kind == "feeling":
            feelings += [(meaning.name, words) for words in spellings(pattern)]
    for name, words in feelings:
        feeling = lexicon.feelings[name]
        if feeling.default:
            yield {"concept": feeling.default, "words": words}
        for place, concept in feeling.by.items():
            for part in places.get(place, ()) if concept else ():
                yield {"concept": concept or "", "words": f"{words} {part}"}
                yield {"concept": concept or "", "words": f"{part} {words}"}


def main() -> int:
    """Print the wordings as JSON."""
    seen = {json.dumps(wording, sort_keys=True): wording for wording in wordings(load_lexicon())}
    json.dump(list(seen.values()), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
