"""The import contracts hold, and would notice: each is tried on a small tree that breaks it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = (
    "bot/__init__.py", "bot/reading.py", "bot/case.py", "bot/talk.py", "bot/hearing.py", "bot/fhir.py",
    "bot/summary.py", "bot/knowledge/__init__.py",
    "bot/clinical/__init__.py", "bot/nlu/__init__.py", "bot/policies/__init__.py", "bot/channels/__init__.py",
    "bot/stores/__init__.py", "actions/__init__.py",
)  # fmt: skip


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-c",
        "import sys; from importlinter.cli import lint_imports_command as c; sys.exit(c())",
    ]
    env = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run([*command, "--no-cache"], cwd=folder, env=env, capture_output=True, text=True)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in MODULES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_clean_tree_passes(tree: Path) -> None:
    (tree / "bot/clinical/__init__.py").write_text("import spacy\nimport bot.knowledge\n")
    (tree / "actions/__init__.py").write_text("import rasa_sdk\nimport bot.case\nimport bot.knowledge\n")
    done = lint(tree)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("module", "imported"),
    [
        ("bot/reading.py", "bot.knowledge"),
        ("bot/knowledge/__init__.py", "bot.clinical"),
        ("bot/knowledge/__init__.py", "spacy"),
        ("bot/case.py", "rasa_sdk"),
        ("bot/talk.py", "rasa"),
        ("bot/clinical/__init__.py", "rasa.nlu"),
        ("bot/clinical/__init__.py", "bot.nlu"),
        ("actions/__init__.py", "bot.clinical"),
        ("actions/__init__.py", "spacy"),
        ("actions/__init__.py", "bot.policies"),
    ],
)
def test_import_that_points_outward_is_refused(module: str, imported: str, tree: Path) -> None:
    (tree / module).write_text(f"import {imported}\n")
    done = lint(tree)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout
