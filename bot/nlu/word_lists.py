"""Where the NLU components get their word lists and their reader from: the one seam to the clinical ring."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bot.clinical import Reader, data_digest, load_lexicon, read
from bot.clinical.raiser import load_raiser
from bot.clinical.wordlists import DATA
from bot.reading import Reading

# Key under which a message carries its reading from the extractor to the featurizer; never part of the output.
READING = "clinical_reading"

Read = Callable[[str], Reading]


def source_directory(config: Mapping[str, Any]) -> Path:
    """The folder of word lists a component is configured with; by default the clinical package's own."""
    return Path(config.get("word_lists") or DATA)


def word_lists(directory: Path) -> list[Path]:
    """The word lists of a folder in a fixed order. Raises FileNotFoundError when there is none."""
    lists = sorted(directory.glob("*.yml"))
    if not lists:
        raise FileNotFoundError(f"No word lists (*.yml) in {directory}.")
    return lists


def reader(directory: Path) -> Read:
    """A reader over the word lists of ``directory``. Raises LexiconError, with file and line, for a broken one.

    Where they are those of the package, as in a model that is up to date, it is the reader that the channels' gate has:
    seconds and tens of megabytes that a process would pay twice.
    """
    if data_digest(directory) == data_digest(DATA):
        return read
    return Reader(load_lexicon(directory), load_raiser()).read
