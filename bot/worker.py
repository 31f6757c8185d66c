"""``python -m bot worker``: one Rasa server, as the process manager, a container or a cluster starts it.

Refuses a model that is not the one recorded when it was trained, and then becomes ``rasa run``: the process id stays,
signals reach Rasa itself. Where the action server is (``BOT_ACTIONS_URL``) is read by ``endpoints.yml``.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import yaml

from bot import model_file, slim_rasa
from bot.channels import asked
from bot.channels.texts import text as words
from bot.stores.folder import data_folder

HOST, PORT = "127.0.0.1", 5005
ACTIONS_VARIABLE = "BOT_ACTIONS_URL"
ACTIONS_URL = "http://127.0.0.1:5055"
ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "PYTHONWARNINGS": "ignore",
    "PYTHONUNBUFFERED": "1",
    "PYTHONHASHSEED": "0",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    # One message's matrices are too small to share: a second thread only waits for the first, at full load.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Become Rasa; only a refusal comes back, with exit status 1 and its reason on standard error."""
    options = _parser().parse_args(argv)
    models = Path("models")
    model = options.model or model_file.newest(models)
    try:
        if model is None:
            raise model_file.UntrustedModelError(words("serve.no_model", models=models))
        model_file.verify(model)
        credentials = _with_platforms(Path(options.credentials))
    except (asked.CannotOpenError, model_file.UntrustedModelError, OSError) as reason:
        print(reason, file=sys.stderr, flush=True)
        return 1
    rasa = "rasa" if slim_rasa.needs_tensorflow(model) else "bot.slim_rasa"
    command = [sys.executable, "-m", rasa, "run", "-i", options.host, "-p", str(options.port), "--model", str(model)]
    command += ["--endpoints", options.endpoints, "--credentials", str(credentials)]
    environment = {ACTIONS_VARIABLE: ACTIONS_URL, **os.environ, **ENVIRONMENT}
    return os.execve(sys.executable, command, environment)


def _with_platforms(file: Path) -> Path:
    """The credentials to be used: the file itself, or a copy with the platforms asked for, which holds no secret."""
    channels = asked.credentials(file, os.environ)
    if not asked.asked_for(os.environ):
        return file
    copy = data_folder() / "credentials.yml"
    copy.write_text(yaml.safe_dump(channels), encoding="utf-8")
    return copy


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot worker", description=words("worker.help"))
    parser.add_argument("--host", default=HOST, help=words("worker.help_host", default=HOST))
    parser.add_argument("--port", type=int, default=PORT, help=words("serve.help_port", default=PORT))
    parser.add_argument("--model", type=Path, help=words("worker.help_model"))
    parser.add_argument("--endpoints", default="endpoints.yml", help=words("worker.help_endpoints"))
    parser.add_argument("--credentials", default="credentials.yml", help=words("worker.help_credentials"))
    return parser
