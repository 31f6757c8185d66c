#!/usr/bin/env python3
"""Make ``.venv``, the Python 3.10 environment of this project: find the interpreter, install the locked packages.

    python3 bootstrap.py          what the bot needs
    python3 bootstrap.py --dev    and what the tests need

Needs nothing but some Python 3.6 or later to start it, hence the old typing names and only the standard library.
A candidate counts only once it has run and answered: a version manager's shim may exist and be dead, and a
version that is installed but not active is on no path. A second call compares hashes and does nothing.
Progress goes to standard error. Exit status 0 when the environment is ready, 1 with the remedy when it is not.
"""

import argparse
import contextlib
import glob
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Dict, Iterable, Iterator, List, Mapping, NamedTuple, Optional, Tuple

WANTED = (3, 10)
ROOT = Path(__file__).resolve().parent
RUNTIME, DEV, INSTALLER = "requirements.txt", "requirements-dev.txt", "requirements-uv.txt"
STAMP, LOCK, TOOLS, PROBE_SECONDS = "set-up.json", ".venv.lock", ".venv-uv", 20
PROBE = """
import json, os, platform, struct, sys
missing, executable = [], sys.executable
for name in ("bz2", "ctypes", "ensurepip", "sqlite3", "ssl", "venv", "zlib"):
    try:
        __import__(name)
    except ImportError:
        missing.append(name)
if sys.prefix != sys.base_prefix:
    outside = os.path.join(sys.base_prefix, "bin", "python3.10")
    executable = outside if os.path.exists(outside) else os.path.realpath(executable)
print(json.dumps({
    "version": list(sys.version_info[:3]), "implementation": platform.python_implementation(),
    "bits": struct.calcsize("P") * 8, "missing": missing, "executable": executable,
}))
"""
HELP = """No usable Python 3.10 was found, and uv could not install one.
{seen}
Any one of these is enough; then run the same command again:
  macOS           brew install python@3.10
  Ubuntu 22.04    sudo apt install python3.10 python3.10-venv
  pyenv           pyenv install 3.10
  conda           conda create -n py310 python=3.10
  uv              uv python install 3.10     (uv itself: pipx install uv)
  elsewhere       PYTHON310=/path/to/python3.10 make run"""


class SetUpError(Exception):
    """What went wrong and what to do, in words for the person at the terminal."""


class Probe(NamedTuple):
    """What a candidate said when it was run: its own executable outside any environment, or why it will not do."""

    executable: str
    problem: str


def say(text: str) -> None:
    print("set-up: " + text, file=sys.stderr, flush=True)


def environment(source: Mapping[str, str]) -> Dict[str, str]:
    """The variables every child gets: no telemetry, compiled bytecode allowed, no foreign Python settings."""
    dropped = ("PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__")
    kept = {name: value for name, value in source.items() if name not in dropped}
    kept.update(RASA_TELEMETRY_ENABLED="false", PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_USER="0")
    return kept


def run(command: List[str]) -> None:
    """Run with the output in view (on standard error); raises SetUpError on a non-zero exit."""
    try:
        status = subprocess.call(command, env=environment(os.environ), stdout=sys.stderr.fileno(), cwd=str(ROOT))
    except OSError as error:
        raise SetUpError("{} does not start: {}".format(command[0], error)) from error
    if status != 0:
        raise SetUpError("{} ended with status {}".format(" ".join(command[:4]), status))


# Finding Python 3.10


def newest_first(pattern: str) -> List[str]:
    """Paths that match, 3.10.13 before 3.10.9."""
    return sorted(glob.glob(pattern), key=lambda path: [int(n) for n in re.findall(r"\d+", path)], reverse=True)


def install_folders(env: Mapping[str, str]) -> List[str]:
    """Glob patterns of the places where version managers and platforms put a 3.10, active or not."""
    home = env.get("HOME") or os.path.expanduser("~")
    data = env.get("XDG_DATA_HOME") or home + "/.local/share"
    patterns = [
        (env.get("PYENV_ROOT") or home + "/.pyenv") + "/versions/3.10*/bin/python3.10",
        (env.get("ASDF_DATA_DIR") or home + "/.asdf") + "/installs/python/3.10*/bin/python3.10",
        (env.get("MISE_DATA_DIR") or data + "/mise") + "/installs/python/3.10*/bin/python3.10",
        (env.get("UV_PYTHON_INSTALL_DIR") or data + "/uv/python") + "/*3.10*/bin/python3.10",
    ]
    patterns += [home + "/" + conda + "/envs/*/bin/python3.10" for conda in ("miniconda3", "miniforge3", "anaconda3")]
    patterns += [brew + "/opt/python@3.10/bin/python3.10" for brew in ("/opt/homebrew", "/usr/local")]
    patterns += ["/Library/Frameworks/Python.framework/Versions/3.10/bin/python3.10", "/usr/bin/python3.10"]
    return patterns


def candidates(env: Mapping[str, str]) -> Iterator[List[str]]:
    """Commands that may be Python 3.10, the likeliest first."""
    if env.get("PYTHON310"):
        yield [env["PYTHON310"]]
    yield [sys.executable]
    folders = [folder for folder in env.get("PATH", "").split(os.pathsep) if folder]
    for folder in folders:
        yield [os.path.join(folder, "python3.10")]
    for pattern in install_folders(env):
        for path in newest_first(pattern):
            yield [path]
    for folder in folders:
        yield [os.path.join(folder, "python3")]
        yield [os.path.join(folder, "python")]
    yield ["py", "-3.10"]


def probe(command: List[str], env: Mapping[str, str], seconds: float = PROBE_SECONDS) -> Probe:
    """Run one candidate and judge its answer."""
    try:
        pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
        done = subprocess.run(
            [*command, "-c", PROBE], env=environment(env), timeout=seconds, stdin=nothing, stdout=pipe, stderr=nothing
        )
        facts = json.loads(done.stdout.decode("utf-8", "replace").strip().splitlines()[-1])
        version, executable = tuple(facts["version"]), str(facts["executable"])
    except subprocess.TimeoutExpired:
        return Probe("", "gave no answer in {:g} s".format(seconds))
    except OSError as error:
        return Probe("", "does not start ({})".format(error.strerror))
    except (ValueError, LookupError, TypeError):
        return Probe("", "does not run (status {})".format(done.returncode))
    if version[:2] != WANTED:
        return Probe("", "is Python " + ".".join(map(str, version)))
    if facts["implementation"] != "CPython" or facts["bits"] != 64:
        return Probe("", "is {implementation}, {bits} bit; 64-bit CPython is needed".format(**facts))
    if facts["missing"]:
        return Probe("", "lacks {} (a package such as python3.10-venv brings them)".format(", ".join(facts["missing"])))
    return Probe(executable, "")


def find(commands: Iterable[List[str]], env: Mapping[str, str]) -> Tuple[Optional[str], List[str]]:
    """The first candidate that proves to be Python 3.10, and a line on each that came near but will not do."""
    seen = set()
    refused = []  # type: List[str]
    for command in commands:
        path = shutil.which(command[0], path=env.get("PATH"))
        if path is None or (path, len(command)) in seen:
            continue
        seen.add((path, len(command)))
        answer = probe([path, *command[1:]], env)
        if answer.executable:
            return answer.executable, refused
        if "3.10" in " ".join(command) or command[0] == env.get("PYTHON310") or "lacks" in answer.problem:
            refused.append("  {} {}".format(path, answer.problem))
    return None, refused


def installed_through_uv(env: Mapping[str, str]) -> str:
    """Let uv fetch Python 3.10 (a uv on the path, else the pinned one in a folder of its own) and return its path."""
    uv = shutil.which("uv")
    if uv is None:
        run([sys.executable, "-m", "venv", str(ROOT / TOOLS)])
        tools = str(ROOT / TOOLS / "bin" / "python")
        run([tools, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", INSTALLER])
        uv = str(ROOT / TOOLS / "bin" / "uv")
    run([uv, "python", "install", "3.10"])
    query = [uv, "python", "find", "--managed-python", "3.10"]
    place = subprocess.run(query, env=environment(env), stdout=subprocess.PIPE).stdout.decode().strip()
    found, _ = find([[place]], env)
    if found is None:
        raise SetUpError("uv installed a Python 3.10 that does not run")
    return found


def python310(env: Mapping[str, str]) -> str:
    """The path of a Python 3.10 that runs; SetUpError with the ways to get one otherwise."""
    found, refused = find(candidates(env), env)
    if found:
        return found
    say("no Python 3.10 on this machine; asking uv for one")
    try:
        return installed_through_uv(env)
    except SetUpError as error:
        raise SetUpError(HELP.format(seen="\n".join([*refused, "  " + str(error)]))) from error


# The environment


def wanted_state(locks: Iterable[str]) -> Dict[str, str]:
    """Name of each lock file -> hash of its content."""
    return {name: hashlib.sha256((ROOT / name).read_bytes()).hexdigest() for name in locks}


def finished_state(venv: Path) -> Dict[str, str]:
    """What the last finished set-up installed; empty if there was none, it was cut short, or the folder moved."""
    try:
        state = json.loads((venv / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(state, dict) or state.get("place") != str(venv) or not (venv / "bin" / "python").exists():
        return {}
    return state


def covers(state: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    return all(state.get(name) == digest for name, digest in wanted.items())


def install(venv: Path, locks: List[str]) -> None:
    """Install the locked packages by hash, with uv; with pip where uv cannot (another index, no such wheel).

    Nothing beside them: the locks are complete, but for what a package asks for and the project leaves out on purpose.
    """
    python = str(venv / "bin" / "python")
    files = [part for name in locks for part in ("-r", name)]
    try:
        run([python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", INSTALLER])
        uv = str(venv / "bin" / "uv")
        run([uv, "pip", "install", "--python", python, "--no-deps", "--require-hashes", "--compile-bytecode", *files])
    except SetUpError as error:
        say("{}; installing with pip instead, which takes some minutes".format(error))
        for name in locks:
            run([python, "-m", "pip", "install", "--no-deps", "--require-hashes", "-r", name])
        with contextlib.suppress(SetUpError):  # some packages carry files for other Pythons, which do not compile
            run([python, "-m", "compileall", "-qq", "-j", "0", str(venv / "lib")])


def prepare(venv: Path, locks: List[str]) -> None:
    """Bring ``.venv`` to the wanted state; an earlier attempt that was cut short is made again from nothing."""
    state, started = finished_state(venv), time.time()
    if not state:
        python = python310(os.environ)
        say("[1/3] .venv from {}{}".format(python, " (the earlier one is unfinished or moved)" * venv.exists()))
        run([python, "-m", "venv", "--clear", str(venv)])
    with contextlib.suppress(FileNotFoundError):
        (venv / STAMP).unlink()
    say("[2/3] packages: {} (about 2.5 GB on a first run)".format(", ".join(locks)))
    install(venv, locks)
    say("[3/3] trying them")
    try:
        run([str(venv / "bin" / "python"), "-W", "ignore", "-c", "import spacy, rasa_sdk, tensorflow"])
    except SetUpError as error:
        raise SetUpError("the packages are installed but do not load on this machine, see above") from error
    state = dict(state, place=str(venv), **wanted_state(locks))
    (venv / STAMP).write_text(json.dumps(state, indent=1), encoding="utf-8")
    say("ready in {:.0f} s".format(time.time() - started))


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Let a second set-up of the same checkout wait for the first."""
    import fcntl

    with open(str(ROOT / LOCK), "w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("waiting for another set-up of this folder")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def main(argv: Optional[List[str]] = None) -> int:
    parser = argparse.ArgumentParser(description="Set up .venv, the Python 3.10 environment of this project.")
    parser.add_argument("--dev", action="store_true", help="also what the tests and checks need")
    locks = [RUNTIME] + ([DEV] if parser.parse_args(argv).dev else [])
    venv = ROOT / ".venv"
    try:
        if covers(finished_state(venv), wanted_state(locks)):
            return 0
        if os.name != "posix":
            raise SetUpError("Linux or macOS is needed (on Windows: inside WSL)")
        with only_one():
            if not covers(finished_state(venv), wanted_state(locks)):
                prepare(venv, locks)
    except (SetUpError, OSError) as error:
        say("FAILED: {}".format(error))
        return 1
    except KeyboardInterrupt:
        say("stopped; the next call starts over")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
