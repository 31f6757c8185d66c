"""``python -m bot train``: train the Rasa model, but only when something it is made of has changed.

A model is named after the hash of everything that goes into it, so "is it up to date?" is "does the file exist?"
and costs milliseconds, where ``rasa train`` takes seconds to find out. The file appears in ``models/`` only when
it is complete. Telemetry off, seeds fixed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from bot import model_file

PROJECT = Path(__file__).resolve().parent.parent
INGREDIENTS = (
    "config.yml", "domain.yml", "domain", "data", "requirements.txt",
    "bot/nlu", "bot/policies", "bot/clinical", "bot/reading.py", "bot/case.py",
)  # fmt: skip
KINDS = {".yml", ".yaml", ".json", ".py", ".lark", ".txt"}
KEPT_MODELS = 3
SETTINGS = {
    "RASA_TELEMETRY_ENABLED": "false",
    "PYTHONHASHSEED": "0",
    "TF_DETERMINISTIC_OPS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
}


def ingredients(project: Path) -> Iterator[Path]:
    """The files a model is made of, in a fixed order."""
    for name in INGREDIENTS:
        place = project / name
        found: Iterable[Path] = sorted(place.rglob("*")) if place.is_dir() else [place]
        yield from (path for path in found if path.is_file() and path.suffix in KINDS)


def digest(project: Path = PROJECT) -> str:
    """Twelve hex digits over names and contents of the ingredients."""
    total = hashlib.sha256()
    for path in ingredients(project):
        total.update(f"{path.relative_to(project).as_posix()}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:12]


def current_model(project: Path = PROJECT) -> Path:
    """Where the model of the files as they are now lies, once it is trained."""
    return project / "models" / f"{digest(project)}.tar.gz"


def main(argv: Sequence[str] | None = None) -> int:
    """Train if needed. Exit status 0 when ``current_model()`` is there, else 1 with Rasa's own messages above."""
    parser = argparse.ArgumentParser(prog="python -m bot train", description="Train the model if it is out of date.")
    parser.add_argument("--force", action="store_true", help="train even if nothing has changed")
    force = parser.parse_args(argv).force
    model = current_model()
    if not force and _is_good(model):
        os.utime(model)  # Rasa loads the newest file; an older model that fits again must be that one
        print(f"train: {model.name} is up to date", file=sys.stderr)
        return 0
    model.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=model.parent, prefix=".training-") as folder:
        status = subprocess.call(_rasa_train(Path(folder), model, force), cwd=PROJECT, env={**os.environ, **SETTINGS})
        trained = Path(folder) / model.name
        if status != 0 or not trained.exists():
            print(f"train: failed, rasa train ended with status {status}", file=sys.stderr)
            return 1
        model_file.record(trained).replace(model_file.record_of(model))
        trained.replace(model)
    _keep_newest(model.parent)
    print(f"train: {model.name} is ready", file=sys.stderr)
    return 0


def _is_good(model: Path) -> bool:
    """Whether the model is there and is what was trained; one that is not is made anew, and that is told."""
    if not model.exists():
        return False
    try:
        model_file.verify(model)
    except model_file.UntrustedModelError as reason:
        print(f"train: {reason}", file=sys.stderr)
        return False
    return True


def _rasa_train(folder: Path, model: Path, force: bool) -> list[str]:
    name = model.name.removesuffix(".tar.gz")
    command = [sys.executable, "-m", "rasa", "train", "--config", "config.yml", "--domain"]
    command += ["domain" if (PROJECT / "domain").is_dir() else "domain.yml", "--data", "data"]
    command += ["--out", str(folder), "--fixed-model-name", name]
    return [*command, "--force"] if force else command


def _keep_newest(folder: Path) -> None:
    models = sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in models[KEPT_MODELS:]:
        old.unlink()
        model_file.record_of(old).unlink(missing_ok=True)
