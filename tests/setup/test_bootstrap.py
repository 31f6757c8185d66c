"""The set-up: which Python it takes, what it does when something is missing, and that a second call does nothing."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import bootstrap

GOOD = {"version": [3, 10, 13], "implementation": "CPython", "bits": 64, "missing": []}


def fake_python(path: Path, **facts: object) -> Path:
    """An executable that answers the probe with these facts."""
    answer = json.dumps({**GOOD, "executable": str(path), **facts})
    return script(path, f"cat <<'END'\n{answer}\nEND\n")


def script(path: Path, body: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}")
    path.chmod(0o755)
    return path


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine on which nothing but the shell is installed."""
    return {"HOME": str(tmp_path / "home"), "PATH": "/bin"}


def found_in(env: dict[str, str], only: Path) -> tuple[str | None, list[str]]:
    """The search, over those candidates that lie in a folder of the test."""
    commands = [c for c in bootstrap.candidates(env) if c[0].startswith(str(only)) or c[0] == "py"]
    return bootstrap.find(commands, env)


@pytest.mark.parametrize(
    "place",
    [
        "bin/python3.10",
        "bin/python3",
        "bin/python",
        "home/.pyenv/versions/3.10.13/bin/python3.10",
        "home/.asdf/installs/python/3.10.4/bin/python3.10",
        "home/.local/share/mise/installs/python/3.10.4/bin/python3.10",
        "home/.local/share/uv/python/cpython-3.10.16-linux-x86_64-gnu/bin/python3.10",
        "home/miniforge3/envs/py310/bin/python3.10",
    ],
)
def test_python_is_found_wherever_it_lies(place: str, tmp_path: Path, home: dict[str, str]) -> None:
    python = fake_python(tmp_path / place)
    home["PATH"] = f"{tmp_path / 'bin'}:/bin"
    assert found_in(home, tmp_path)[0] == str(python)


def test_platform_launcher_is_asked_for_3_10(tmp_path: Path, home: dict[str, str]) -> None:
    answer = json.dumps({**GOOD, "executable": "/somewhere/python3.10"})
    script(tmp_path / "bin" / "py", f"[ \"$1\" = -3.10 ] && echo '{answer}'\n")
    home["PATH"] = f"{tmp_path / 'bin'}:/bin"
    assert found_in(home, tmp_path)[0] == "/somewhere/python3.10"


def test_named_python_goes_first(tmp_path: Path, home: dict[str, str]) -> None:
    mine = fake_python(tmp_path / "mine" / "python")
    fake_python(tmp_path / "bin" / "python3.10")
    home.update(PATH=f"{tmp_path / 'bin'}:/bin", PYTHON310=str(mine))
    assert found_in(home, tmp_path)[0] == str(mine)


def test_dead_shim_is_passed_over_for_the_version_behind_it(tmp_path: Path, home: dict[str, str]) -> None:
    script(tmp_path / "home/.pyenv/shims/python3.10", "echo 'pyenv: python3.10: command not found' >&2; exit 127\n")
    real = fake_python(tmp_path / "home/.pyenv/versions/3.10.13/bin/python3.10")
    home["PATH"] = f"{tmp_path / 'home/.pyenv/shims'}:/bin"
    found, refused = found_in(home, tmp_path)
    assert found == str(real)
    assert len(refused) == 1
    assert "status 127" in refused[0]


def test_newest_patch_version_is_taken(tmp_path: Path, home: dict[str, str]) -> None:
    fake_python(tmp_path / "home/.pyenv/versions/3.10.9/bin/python3.10")
    newest = fake_python(tmp_path / "home/.pyenv/versions/3.10.13/bin/python3.10")
    assert found_in(home, tmp_path)[0] == str(newest)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"version": [3, 11, 7]}, "is Python 3.11.7"),
        ({"version": [2, 7, 18]}, "is Python 2.7.18"),
        ({"implementation": "PyPy"}, "is PyPy"),
        ({"bits": 32}, "32 bit"),
        ({"missing": ["ensurepip"]}, "lacks ensurepip"),
    ],
)
def test_unfit_python_is_refused_with_the_reason(
    facts: dict[str, object], reason: str, tmp_path: Path, home: dict[str, str]
) -> None:
    answer = bootstrap.probe([str(fake_python(tmp_path / "python3.10", **facts))], home)
    assert answer.executable == ""
    assert reason in answer.problem


@pytest.mark.parametrize("body", ["exit 0\n", "echo Python 3.10.13\n", "echo '{}'\n", "echo '[]'\n", "kill -9 $$\n"])
def test_answer_that_makes_no_sense_is_refused(body: str, tmp_path: Path, home: dict[str, str]) -> None:
    assert "does not run" in bootstrap.probe([str(script(tmp_path / "python3.10", body))], home).problem


def test_candidate_that_hangs_is_given_up(tmp_path: Path, home: dict[str, str]) -> None:
    hanging = script(tmp_path / "python3.10", "exec sleep 60\n")
    assert "no answer" in bootstrap.probe([str(hanging)], home, seconds=0.2).problem


def test_interpreter_of_an_environment_leads_to_the_one_it_was_made_from(tmp_path: Path, home: dict[str, str]) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "env")], check=True)
    answer = bootstrap.probe([str(tmp_path / "env" / "bin" / "python")], home)
    assert answer.problem == ""
    assert Path(answer.executable).is_relative_to(sys.base_prefix)


def test_without_any_python_the_help_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, home: dict[str, str]
) -> None:
    def offline(env: object) -> str:
        raise bootstrap.SetUpError("uv ended with status 2")

    monkeypatch.setattr(bootstrap, "candidates", lambda env: iter([["/nowhere/python3.10"]]))
    monkeypatch.setattr(bootstrap, "installed_through_uv", offline)
    with pytest.raises(bootstrap.SetUpError) as failure:
        bootstrap.python310(home)
    for remedy in (
        "brew install python@3.10",
        "apt install python3.10",
        "pyenv install 3.10",
        "PYTHON310=",
        "status 2",
    ):
        assert remedy in str(failure.value)


def test_children_get_no_telemetry_and_may_write_bytecode() -> None:
    env = bootstrap.environment({"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": "/x", "RASA_TELEMETRY_ENABLED": "true"})
    assert env["RASA_TELEMETRY_ENABLED"] == "false"
    assert env["PIP_USER"] == "0"
    assert not {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH"} & set(env)


class Checkout:
    """A folder with lock files, in which commands are noted instead of run; ``broken`` names those that fail."""

    def __init__(self, root: Path) -> None:
        self.root, self.commands, self.broken = root, list[str](), ""
        for name in (bootstrap.RUNTIME, bootstrap.DEV, bootstrap.INSTALLER):
            (root / name).write_text(f"# {name}\n")

    @property
    def stamp(self) -> Path:
        return self.root / ".venv" / bootstrap.STAMP

    def run(self, command: list[str]) -> None:
        line = " ".join(command).replace(str(self.root) + "/", "")
        self.commands.append(line)
        if "-m venv" in line:
            python = self.root / ".venv" / "bin" / "python"
            python.parent.mkdir(parents=True, exist_ok=True)
            python.touch()
        if self.broken and self.broken in line:
            raise bootstrap.SetUpError(f"{line} ended with status 1")

    def calls(self, *argv: str) -> list[str]:
        """The commands of one set-up."""
        self.commands.clear()
        self.status = bootstrap.main(list(argv))
        return list(self.commands)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    made = Checkout(tmp_path)
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "run", made.run)
    monkeypatch.setattr(bootstrap, "python310", lambda env: "python3.10")
    return made


UV_INSTALL = (
    ".venv/bin/uv pip install --python .venv/bin/python --no-deps --require-hashes --compile-bytecode"
    " -r requirements.txt"
)


def test_first_call_installs_by_hash_with_compiled_bytecode(checkout: Checkout) -> None:
    calls = checkout.calls()
    assert calls[0] == "python3.10 -m venv --clear .venv"
    assert "--require-hashes -r requirements-uv.txt" in calls[1]
    assert calls[2] == UV_INSTALL
    assert checkout.status == 0


def test_second_call_runs_nothing(checkout: Checkout) -> None:
    checkout.calls("--dev")
    assert checkout.calls() == []
    assert checkout.calls("--dev") == []


def test_dev_adds_to_the_same_environment(checkout: Checkout) -> None:
    checkout.calls()
    calls = checkout.calls("--dev")
    assert UV_INSTALL + " -r requirements-dev.txt" in calls
    assert not any("-m venv" in call for call in calls)


@pytest.mark.parametrize("lock", [bootstrap.RUNTIME, bootstrap.DEV])
def test_changed_lock_is_installed_without_starting_over(checkout: Checkout, lock: str) -> None:
    checkout.calls("--dev")
    (checkout.root / lock).write_text("# newer\n")
    calls = checkout.calls("--dev")
    assert any(UV_INSTALL in call for call in calls)
    assert not any("-m venv" in call for call in calls)


def test_where_uv_fails_pip_installs_and_compiles(checkout: Checkout) -> None:
    checkout.broken = "uv pip install"
    calls = checkout.calls("--dev")
    assert ".venv/bin/python -m pip install --no-deps --require-hashes -r requirements.txt" in calls
    assert ".venv/bin/python -m pip install --no-deps --require-hashes -r requirements-dev.txt" in calls
    assert any("-m compileall" in call for call in calls)
    assert checkout.status == 0


def test_where_pip_fails_too_the_call_fails_and_says_so(checkout: Checkout, capfd: pytest.CaptureFixture[str]) -> None:
    checkout.broken = "pip install"
    checkout.calls()
    assert checkout.status == 1
    assert "FAILED" in capfd.readouterr().err
    assert not checkout.stamp.exists()


@pytest.mark.parametrize("broken", ["uv pip install", "import spacy"])
def test_interrupted_installation_starts_over(checkout: Checkout, broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(command: list[str]) -> None:
        checkout.run(command)
        if broken in " ".join(command):
            raise KeyboardInterrupt

    monkeypatch.setattr(bootstrap, "run", interrupted)
    checkout.calls()
    assert checkout.status == 130
    monkeypatch.setattr(bootstrap, "run", checkout.run)
    assert checkout.calls()[0] == "python3.10 -m venv --clear .venv"
    assert checkout.status == 0


@pytest.mark.parametrize("damage", ["stamp cut short", "interpreter gone", "folder moved"])
def test_damaged_environment_is_made_again(checkout: Checkout, damage: str) -> None:
    checkout.calls()
    if damage == "stamp cut short":
        checkout.stamp.write_text('{"place": "')
    elif damage == "interpreter gone":
        (checkout.root / ".venv" / "bin" / "python").unlink()
    else:
        state = json.loads(checkout.stamp.read_text())
        checkout.stamp.write_text(json.dumps({**state, "place": "/elsewhere/.venv"}))
    assert checkout.calls()[0] == "python3.10 -m venv --clear .venv"


def test_packages_that_do_not_load_are_told_and_not_stamped(
    checkout: Checkout, capfd: pytest.CaptureFixture[str]
) -> None:
    checkout.broken = "import spacy"
    checkout.calls()
    assert checkout.status == 1
    assert "do not load" in capfd.readouterr().err
    assert not checkout.stamp.exists()


def test_failing_command_is_named(tmp_path: Path) -> None:
    with pytest.raises(bootstrap.SetUpError, match="ended with status 3"):
        bootstrap.run([str(script(tmp_path / "tool", "exit 3\n"))])
    with pytest.raises(bootstrap.SetUpError, match="does not start"):
        bootstrap.run([str(tmp_path / "absent")])


def test_any_python_from_3_6_can_start_it() -> None:
    source = Path(bootstrap.__file__).read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 6))
    assert not {"capture_output", "text"} & {n.arg for n in ast.walk(tree) if isinstance(n, ast.keyword)}
    imported = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    imported |= {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module}
    assert imported <= sys.stdlib_module_names


def test_help_names_the_option() -> None:
    shown = subprocess.run([sys.executable, bootstrap.__file__, "--help"], capture_output=True, text=True, check=True)
    assert "--dev" in shown.stdout
