"""Secrets that containers are given as files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from bot.secret_files import NAME, SecretFileError, read_into_environment

ROOT = Path(__file__).parents[2]


def test_a_file_stands_for_its_content(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("0123456789abcdef\n")
    environment = {"BOT_SECRET_FILE": str(tmp_path / "key"), "OTHER_FILE": "x", "BOT_FILE": "x"}
    read_into_environment(environment)
    assert environment["BOT_SECRET"] == "0123456789abcdef"
    assert len(environment) == 4


def test_every_secret_of_a_platform_may_come_as_a_file() -> None:
    platforms = yaml.safe_load((ROOT / "bot" / "channels" / "platforms.yml").read_text())
    for platform in platforms.values():
        assert all(NAME.fullmatch(f"{variable}_FILE") for variable in platform["settings"].values())


def test_a_variable_that_is_set_wins(tmp_path: Path) -> None:
    environment = {"BOT_SECRET_FILE": str(tmp_path / "gone"), "BOT_SECRET": "given"}
    read_into_environment(environment)
    assert environment["BOT_SECRET"] == "given"


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xfe"])
def test_a_file_that_holds_none_is_told(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "key").write_bytes(content)
    with pytest.raises(SecretFileError, match="BOT_SECRET_FILE: the file"):
        read_into_environment({"BOT_SECRET_FILE": str(tmp_path / "key")})


def test_no_command_starts_without_its_secret(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "BOT_SECRET"}
    environment["BOT_SECRET_FILE"] = str(tmp_path / "gone")
    command = [sys.executable, "-m", "bot", "parse", "--text", "hello"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "BOT_SECRET_FILE: the file cannot be read (FileNotFoundError)\n"
