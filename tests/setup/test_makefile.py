"""The Makefile: every target explained, and texts passed on exactly as typed."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROMISED = {"run", "shell", "test", "train", "parse", "understand", "evaluate", "lint", "clean"}


def make(*arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "TEXT", "GOLD")}
    return subprocess.run(
        ["make", "-s", *arguments],
        cwd=ROOT, env={**clean, **(env or {})}, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60,
    )  # fmt: skip


@pytest.fixture
def echo(tmp_path: Path) -> tuple[str, str]:
    """Settings that replace Python by a program that prints its arguments in angle brackets, and skip the set-up."""
    fake = tmp_path / "python"
    fake.write_text("#!/bin/sh\nprintf '<%s>' \"$@\"\n")
    fake.chmod(0o755)
    return f"PY={fake}", "STARTER=true"


def test_plain_make_explains_every_target() -> None:
    shown = make()
    explained = {line.split()[1] for line in shown.stdout.splitlines()}
    phony = re.search(r"^\.PHONY:(.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony is not None
    assert explained == set(phony[1].split())
    assert explained >= PROMISED
    assert all(len(line) <= 120 for line in shown.stdout.splitlines())


@pytest.mark.parametrize("target", ["parse", "understand"])
@pytest.mark.parametrize(
    "text",
    [
        "my calf keeps twitching",
        "can't sleep, don't know why",
        'she said "no cramps"',
        "it costs $5, $HOME and $(shell echo no) and ${TEXT}",
        "`id` ; echo no | cat && false # no comment",
        "100% back\\slash * ? [x]",
        "--help",
        "a = b",
        "two\nlines",
        "Krämpfe – wadenweise 🦵",
        "",
    ],
)
def test_text_arrives_as_typed(target: str, text: str, echo: tuple[str, str]) -> None:
    shown = make(target, f"TEXT={text}", *echo)
    assert shown.stdout == f"<-m><bot><{target}><--text={text}>", shown.stderr


def test_text_from_the_environment_arrives_as_typed(echo: tuple[str, str]) -> None:
    assert make("parse", *echo, env={"TEXT": "it's $5"}).stdout == "<-m><bot><parse><--text=it's $5>"


def test_without_text_lines_are_read_from_standard_input(echo: tuple[str, str]) -> None:
    assert make("parse", *echo).stdout == "<-m><bot><parse>"


def test_evaluate_needs_a_file(echo: tuple[str, str]) -> None:
    shown = make("evaluate", *echo)
    assert shown.returncode != 0
    assert "make evaluate GOLD=" in shown.stderr
    named = make("evaluate", "GOLD=it's here.jsonl", "SHOW=3", *echo)
    bot, medspacy = (line for line in named.stdout.splitlines() if line)
    assert bot == "<-m><bot><evaluate><--gold=it's here.jsonl><--show=3>"
    assert medspacy == "<-m><tools.compare_medspacy><it's here.jsonl>"


def test_machine_without_python_is_told_what_to_install(tmp_path: Path) -> None:
    shown = make("train", "STARTER=", f"PY={tmp_path / 'none'}")
    assert shown.returncode != 0
    assert "Python 3 is needed" in shown.stderr


def test_gate_is_make_test() -> None:
    assert "make test" in (ROOT / ".ci/run").read_text()
    assert os.access(ROOT / ".ci/run", os.X_OK)
    assert ".ci/run" in (ROOT / ".github/workflows/test.yml").read_text()
