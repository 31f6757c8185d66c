"""Environments beside ``.venv`` for tools whose own requirements clash with Rasa's: made from a lock, by hash, once."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STAMP = ".made-from"


class MissingError(Exception):
    """The environment could not be made; the message is the installer's last word."""


def made(place: Path, lock: Path) -> Path:
    """The environment ``place`` with what ``lock`` pins in it, made if it is missing or was made from another lock."""
    uv = Path(sys.executable).parent / "uv"
    python = place / "bin" / "python"
    install: list[str | Path] = [uv, "pip", "install", "--quiet", "--no-config", "--python", python]
    steps: list[list[str | Path]] = [
        [uv, "venv", "--quiet", "--no-config", "--clear", place, "--python", sys.executable],
        [*install, "--require-hashes", "--requirement", lock],
    ]
    return _made(place, lock, steps)


def unpacked(place: Path, lock: Path, python_version: str) -> Path:
    """The folder ``place`` with the packages of ``lock`` unpacked: programs that ask for a Python and need none."""
    uv = Path(sys.executable).parent / "uv"
    install: list[str | Path] = [uv, "pip", "install", "--quiet", "--no-config", "--python-version", python_version]
    return _made(place, lock, [[*install, "--target", place, "--no-deps", "--require-hashes", "-r", lock]])


def _made(place: Path, lock: Path, steps: Sequence[Sequence[str | Path]]) -> Path:
    if not lock.exists():
        raise MissingError(f"{lock.name} is missing")
    digest, stamp = hashlib.sha256(lock.read_bytes()).hexdigest(), place / STAMP
    if stamp.exists() and stamp.read_text() == digest:
        return place
    shutil.rmtree(place, ignore_errors=True)
    for step in steps:
        done = subprocess.run([str(part) for part in step], check=False, capture_output=True, text=True)
        if done.returncode:
            shutil.rmtree(place, ignore_errors=True)  # half an environment would pass for a whole one next time
            raise MissingError(last_line(done.stderr))
    stamp.write_text(digest)
    return place


def last_line(text: str) -> str:
    """What a program said last."""
    return next(iter(reversed(text.strip().splitlines())), "no reason given")
