"""What Rasa must know has changed before it takes a trained component out of its cache.

Rasa looks at the source of the component's class only. What these components do also rests on the functions beside
the class, on the clinical ring and on the word lists.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.clinical import data_digest
from bot.nlu.word_lists import source_directory

BOT = Path(__file__).resolve().parents[1]
CODE = ("nlu/*.py", "clinical/*.py", "case.py", "phrases.py", "reading.py")


@lru_cache(maxsize=1)
def code_digest() -> str:
    """SHA-256 over the Python files that decide what the components of this package do."""
    total = hashlib.sha256()
    for path in sorted(path for pattern in CODE for path in BOT.glob(pattern)):
        total.update(path.relative_to(BOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def reading_digest(config: Mapping[str, Any]) -> str:
    """Digest of that code and of the word lists a component is configured with: any edit of them changes it."""
    return f"{code_digest()}-{data_digest(source_directory(config))}"
