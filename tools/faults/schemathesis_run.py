"""What schemathesis makes of ``docs/openapi.yml``, against a real server; in an environment of its own."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tools.environments import ROOT, made

PLACE = ROOT / ".venv-schemathesis"
LOCK = ROOT / "requirements-schemathesis.txt"
SPEC = ROOT / "docs" / "openapi.yml"
# Not: checks of taste (a 405 needs an Allow header), and of what is deliberate (a body of a wrong kind may be empty).
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
COUNT = re.compile(r"([\d,]+) generated")


def run(url: str, token: str, examples: int, seed: int, folder: Path) -> tuple[str, int, int]:
    """What it said, its exit status (0: nothing found) and how many requests it made; MissingError without it."""
    made(PLACE, LOCK)
    command = [
        str(PLACE / "bin" / "st"), "run", str(SPEC), "--url", url, "--header", f"Authorization: Bearer {token}",
        "--checks", CHECKS, "--max-examples", str(examples), "--seed", str(seed), "--mode", "all",
        "--continue-on-failure", "--no-color", "--request-timeout", "15", "--generation-database", "none",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    counted = COUNT.search(done.stdout)
    return done.stdout + done.stderr, done.returncode, int(counted[1].replace(",", "")) if counted else 0
