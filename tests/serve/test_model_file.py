"""A model is loaded only if it is, byte for byte, the one that was trained."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot import model_file, serve, train
from bot.model_file import UntrustedModelError
from bot.understanding import NoModelError, loaded

ROOT = Path(__file__).parents[2]


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file in the place of the current model of an empty project, with its digest recorded."""
    monkeypatch.delenv(model_file.DIGEST_VARIABLE, raising=False)
    monkeypatch.setattr(train, "PROJECT", tmp_path)
    place = train.current_model(tmp_path)
    place.parent.mkdir()
    place.write_bytes(bytes(range(256)) * 8_000)
    model_file.record(place)
    return place


def flip(model: Path, place: int) -> None:
    content = bytearray(model.read_bytes())
    content[place] ^= 1
    model.write_bytes(content)


def test_what_was_trained_is_loaded(model: Path) -> None:
    model_file.verify(model)
    assert serve.model_for(train.PROJECT, may_train=False) == model


@pytest.mark.parametrize("place", [0, 1_000_000, -1])
def test_one_flipped_byte_and_it_is_not(model: Path, place: int) -> None:
    flip(model, place)
    with pytest.raises(UntrustedModelError, match=r"not the one that was trained.*make train"):
        model_file.verify(model)
    with pytest.raises(serve.CannotStartError, match="SHA-256 differs"):
        serve.model_for(train.PROJECT, may_train=True)
    with pytest.raises(NoModelError, match="SHA-256 differs"):
        loaded(model)


@pytest.mark.parametrize("text", ["", "no digest\n", "0" * 63 + "\n"])
def test_a_record_that_holds_no_digest_fits_nothing(model: Path, text: str) -> None:
    model_file.record_of(model).write_text(text)
    with pytest.raises(UntrustedModelError, match="SHA-256 differs"):
        model_file.verify(model)


def test_without_a_record_it_is_not_loaded(model: Path) -> None:
    model_file.record_of(model).unlink()
    with pytest.raises(UntrustedModelError, match=r"No SHA-256 of the model .* is recorded"):
        model_file.verify(model)
    with pytest.raises(serve.CannotStartError, match="make train"):
        serve.model_for(train.PROJECT, may_train=False)


def test_a_digest_given_from_outside_has_to_fit_too(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(model_file.DIGEST_VARIABLE, model_file.sha256(model).upper())
    model_file.verify(model)
    flip(model, 7)
    model_file.record(model)  # somebody who can write the folder writes a fitting record as well
    with pytest.raises(UntrustedModelError, match="BOT_MODEL_SHA256"):
        model_file.verify(model)


def test_a_digest_from_outside_is_enough(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(model_file.DIGEST_VARIABLE, model_file.sha256(model))
    model_file.record_of(model).unlink()
    model_file.verify(model)


def test_the_record_is_what_sha256sum_reads(model: Path) -> None:
    digest = hashlib.sha256(model.read_bytes()).hexdigest()
    assert model_file.record_of(model).read_text() == f"{digest}  {model.name}\n"


def worker(model: Path, *, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bot", "worker", "--port", str(serve.free_port()), "--model", str(model)]
    command += ["--endpoints", str(model.parent / "endpoints.yml")]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **(environment or {})}, capture_output=True, text=True, timeout=120
    )


def test_the_server_process_itself_refuses_it_and_does_not_start_rasa(model: Path) -> None:
    flip(model, 1_000)
    done = worker(model)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith(f"The model {model.name} is not the one that was trained")


def test_a_model_that_is_not_there_is_told(tmp_path: Path) -> None:
    done = worker(tmp_path / "gone.tar.gz")
    assert done.returncode == 1
    assert "No SHA-256 of the model gone.tar.gz" in done.stderr
