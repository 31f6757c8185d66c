"""The stock assistant: what ``rasa init --no-prompt`` makes, made and trained once, kept in a cache folder."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.supervision import ENVIRONMENT
from bot.train import PROJECT

CACHE = PROJECT / ".bench"


@dataclass(frozen=True)
class Stock:
    """``folder``: as ``rasa init`` left it."""

    folder: Path

    @property
    def model(self) -> Path:
        """The model it was trained to."""
        return max((self.folder / "models").glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)

    def stories(self) -> list[list[str]]:
        """What the person says in each of its test stories."""
        content = yaml.safe_load((self.folder / "tests" / "test_stories.yml").read_text(encoding="utf-8"))
        told = [[step["user"].strip() for step in story["steps"] if "user" in step] for story in content["stories"]]
        return [texts for texts in told if texts]


def stock() -> Stock:
    """Made on the first call; CalledProcessError, with Rasa's own words in ``.bench/init.log``, if that fails."""
    folder = CACHE / "stock"
    if not list((folder / "models").glob("*.tar.gz")):
        print("making the stock assistant: rasa init --no-prompt (a minute or two, once)", file=sys.stderr)
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "rasa", "init", "--no-prompt", "--init-dir", str(folder)]
        with (CACHE / "init.log").open("wb") as log:
            subprocess.run(command, check=True, env={**os.environ, **ENVIRONMENT}, stdout=log, stderr=log)
    return Stock(folder)
