"""Rasa without TensorFlow: what it may run, that it really does without, and that nothing else is changed."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
import yaml

from bot.slim_rasa import NEEDING, needs_tensorflow
from bot.train import PROJECT

FREE = ["bot.nlu.svm_classifier.SeededSvmClassifier", "rasa.core.policies.rule_policy.RulePolicy"]


def model_of(folder: Path, components: list[str]) -> Path:
    nodes = {name: {"uses": name} for name in components}
    content = json.dumps({"train_schema": {"nodes": {}}, "predict_schema": {"nodes": nodes}}).encode()
    entry = tarfile.TarInfo("metadata.json")
    entry.size = len(content)
    with tarfile.open(folder / "model.tar.gz", "w:gz") as archive:
        archive.addfile(entry, io.BytesIO(content))
    return folder / "model.tar.gz"


def test_a_model_of_our_components_needs_none(tmp_path: Path) -> None:
    assert not needs_tensorflow(model_of(tmp_path, FREE))


@pytest.mark.parametrize("name", sorted(NEEDING))
def test_one_with_a_neural_network_does(tmp_path: Path, name: str) -> None:
    assert needs_tensorflow(model_of(tmp_path, [*FREE, f"rasa.somewhere.{name}"]))


def test_what_is_no_model_is_left_to_rasa(tmp_path: Path) -> None:
    (tmp_path / "model.tar.gz").write_bytes(b"no model")
    assert needs_tensorflow(tmp_path / "model.tar.gz")


def test_the_configuration_has_nothing_that_needs_it() -> None:
    config = yaml.safe_load((PROJECT / "config.yml").read_text(encoding="utf-8"))
    names = {item["name"].rpartition(".")[2] for item in (*config["pipeline"], *config["policies"])}
    assert not names & NEEDING


def test_every_component_of_rasa_that_imports_it_is_known() -> None:
    rasa = Path(next(iter(__import__("rasa").__path__)))
    folders = (rasa / "nlu", rasa / "core" / "policies")
    importing = {path for folder in folders for path in folder.rglob("*.py") if "import tensorflow" in path.read_text()}
    registered = {
        line.removeprefix("class ").partition("(")[0]
        for path in importing
        for before, line in zip(["", *path.read_text().splitlines()], path.read_text().splitlines(), strict=False)
        if line.startswith("class ") and before.startswith(")")  # of @DefaultV1Recipe.register(...)
    }
    assert registered <= NEEDING


def test_rasas_command_line_runs() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot.slim_rasa", "run", "--help"],
        cwd=PROJECT, capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-500:]
    assert "--endpoints" in done.stdout
