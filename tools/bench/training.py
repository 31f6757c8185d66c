"""How long training takes, in a copy with a cache of its own: from nothing, and after one line of words has changed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.supervision import ENVIRONMENT
from bot.train import INGREDIENTS, PROJECT
from tools.bench.stock import Stock

CACHE_VARIABLE = "RASA_CACHE_DIRECTORY"
NEEDED = (*(name for name in INGREDIENTS if "/" not in name), "bot", "actions", "endpoints.yml", "credentials.yml")
# One more wording of a concept, and one more example of an intent.
OUR_CHANGE = (
    "bot/clinical/data/symptoms_movement.yml",
    '"twitchy ..? {flesh}",',
    '"twitchy ..? {flesh}", "{flesh} does the hula",',
)
STOCK_CHANGE = ("data/nlu.yml", "    - hey\n", "    - hey\n    - hey hey there\n")


def ours() -> tuple[float, float]:
    """Seconds from nothing, and after a wording was added to a word list."""
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        copy.mkdir()
        for name in NEEDED:
            source = PROJECT / name
            if source.is_dir():
                shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
            elif source.exists():
                shutil.copyfile(source, copy / name)
        return _twice(copy, [sys.executable, "-m", "bot", "train"], OUR_CHANGE)


def stock(made: Stock) -> tuple[float, float]:
    """Seconds from nothing, and after one example was added to its data."""
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "stock"
        shutil.copytree(made.folder, copy, ignore=shutil.ignore_patterns("models", ".rasa", "*.log"))
        return _twice(copy, [sys.executable, "-m", "rasa", "train"], STOCK_CHANGE)


def _twice(project: Path, command: Sequence[str], change: tuple[str, str, str]) -> tuple[float, float]:
    first = _seconds(project, command)
    name, before, after = change
    file = project / name
    text = file.read_text(encoding="utf-8")
    if text.count(before) != 1:
        raise ValueError(f"{name}: the line that is to be changed, {before!r}, is not there once")
    file.write_text(text.replace(before, after), encoding="utf-8")
    return first, _seconds(project, command)


def _seconds(project: Path, command: Sequence[str]) -> float:
    environment = {**os.environ, **ENVIRONMENT, CACHE_VARIABLE: str(project / "cache")}
    began = time.monotonic()
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"training failed: {done.stdout[-1500:]}{done.stderr[-1500:]}")
    return time.monotonic() - began
