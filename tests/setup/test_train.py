"""When a model is trained: only if something it is made of has changed, and never half."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path

import pytest

from bot import train
from bot.model_file import record_of as model_record


class Project:
    """A folder with a model's ingredients, and a ``rasa train`` that writes what it is told to write."""

    def __init__(self, root: Path) -> None:
        self.root, self.status, self.trainings = root, 0, list[list[str]]()
        for name in (
            "config.yml",
            "domain.yml",
            "data/rules/core.yml",
            "bot/clinical/data/places.yml",
            "README.md",
        ):
            self.write(name, name)

    def write(self, name: str, text: str) -> None:
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text)

    def rasa(self, command: list[str], *, cwd: Path, env: dict[str, str]) -> int:
        assert env["RASA_TELEMETRY_ENABLED"] == "false"
        assert env["PYTHONHASHSEED"] == "0"
        self.trainings.append(command)
        option = dict(pairwise(command))
        model = Path(option["--out"]) / f"{option['--fixed-model-name']}.tar.gz"
        model.write_text("half" if self.status else "whole")
        os.utime(model, (len(self.trainings), len(self.trainings)))  # each a second later than the one before
        return self.status

    @property
    def models(self) -> set[str]:
        """The models there are; each has its digest beside it, and nothing else lies there."""
        files = {path.name for path in (self.root / "models").iterdir()}
        models = {name for name in files if name.endswith(".tar.gz")}
        assert files - models == {f"{name}.sha256" for name in models}
        return models


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    made = Project(tmp_path)
    monkeypatch.setattr(train, "PROJECT", tmp_path)
    monkeypatch.setattr(train.digest, "__defaults__", (tmp_path,))
    monkeypatch.setattr(train.current_model, "__defaults__", (tmp_path,))
    monkeypatch.setattr(train.subprocess, "call", made.rasa)
    return made


def test_trained_once(project: Project) -> None:
    assert train.main([]) == 0
    assert train.main([]) == 0
    assert len(project.trainings) == 1
    assert project.models == {train.current_model().name}


@pytest.mark.parametrize("changed", ["config.yml", "domain.yml", "data/rules/core.yml", "bot/clinical/data/new.yml"])
def test_trained_again_after_a_change(project: Project, changed: str) -> None:
    train.main([])
    project.write(changed, "changed")
    train.main([])
    assert len(project.trainings) == 2


def test_not_trained_for_a_change_that_is_not_in_the_model(project: Project) -> None:
    train.main([])
    project.write("README.md", "changed")
    train.main([])
    assert len(project.trainings) == 1


def test_moving_a_text_between_files_is_a_change(project: Project) -> None:
    before = train.digest()
    (project.root / "data/rules/core.yml").rename(project.root / "data/rules/other.yml")
    assert train.digest() != before


@pytest.mark.parametrize(
    "damage", [lambda model: model.write_text("other"), lambda model: model_record(model).unlink()]
)
def test_a_model_that_is_not_what_was_trained_is_made_anew(project: Project, damage, capsys) -> None:
    train.main([])
    damage(train.current_model())
    train.main([])
    assert len(project.trainings) == 2
    assert "SHA-256" in capsys.readouterr().err
    train.main([])
    assert len(project.trainings) == 2


def test_forced(project: Project) -> None:
    train.main([])
    train.main(["--force"])
    assert len(project.trainings) == 2
    assert "--force" in project.trainings[1]


def test_failed_training_leaves_no_model(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.status = 1
    assert train.main([]) == 1
    assert project.models == set()
    assert "status 1" in capsys.readouterr().err


def test_only_the_newest_models_are_kept(project: Project) -> None:
    for number in range(train.KEPT_MODELS + 2):
        project.write("config.yml", str(number))
        train.main([])
    assert len(project.models) == train.KEPT_MODELS
    assert train.current_model().exists()


def test_older_model_that_fits_again_becomes_the_newest(project: Project) -> None:
    train.main([])
    first = train.current_model()
    project.write("config.yml", "changed")
    train.main([])
    second = train.current_model()
    project.write("config.yml", "config.yml")
    train.main([])
    assert len(project.trainings) == 2
    assert first.stat().st_mtime_ns > second.stat().st_mtime_ns
