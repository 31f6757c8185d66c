"""The Dockerfile: hadolint finds nothing, and the files it copies are enough to run the bot. No image is built here."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot import train
from tools import deploy_tools

ROOT = deploy_tools.ROOT
TEXT = deploy_tools.DOCKERFILE.read_text()
IMPORT_ALL = """
import importlib, pkgutil, bot, actions
for package in (bot, actions):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if "__main__" not in module.name and "migrations" not in module.name:
            importlib.import_module(module.name)
"""


def copied(stage: str) -> list[str]:
    """What a stage copies from the project."""
    body = re.split(r"^FROM ", TEXT, flags=re.MULTILINE)
    (found,) = (text for text in body if text.split("\n")[0].endswith(f" AS {stage}"))
    lines = re.findall(r"^COPY (?!--from)(.+)$", found, re.MULTILINE)
    return [name for line in lines for name in line.split()[:-1]]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What stands in the image's folder before a model is trained, but for the page."""
    folder = tmp_path_factory.mktemp("image")
    for name in copied("program"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder)
    return folder


def test_a_model_trained_in_the_image_is_the_models_own(tree: Path) -> None:
    assert train.digest(tree) == train.digest(ROOT), "something a model is made of is not copied"


def test_all_of_the_program_is_there(tree: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", IMPORT_ALL], cwd=tree, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-1500:]


@pytest.mark.parametrize("stage", ["page", "packages", "program"])
def test_what_is_copied_is_there_and_not_ignored(stage: str) -> None:
    kept = re.findall(r"^!(.+)$", (ROOT / "deploy" / "Dockerfile.dockerignore").read_text(), re.MULTILINE)
    for name in copied(stage):
        assert (ROOT / name).exists()
        assert name.split("/")[0] in kept


def test_packages_come_by_hash_and_nobody_is_root() -> None:
    installs = re.findall(r"pip install [^&]*", TEXT.replace("\\\n", ""))
    assert len(installs) == 2
    assert all("--require-hashes" in install for install in installs)
    assert re.findall(r"^USER (\S+)$", TEXT, re.MULTILINE) == ["10001:10001"]
    assert "ADD " not in TEXT
    assert "RASA_TELEMETRY_ENABLED=false" in TEXT


@pytest.mark.usefixtures("tools")
def test_hadolint_finds_nothing() -> None:
    assert deploy_tools.dockerfile_problems() == ""
