"""The bot's two processes, the action server and Rasa, under the process manager `supervisor`.

It restarts a part that dies; this module writes its configuration, starts it, asks it how the parts are, stops it.
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
import xmlrpc.client
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from supervisor.xmlrpc import SupervisorTransport

from bot import worker
from bot.stores.folder import FOLDER_VARIABLE

HOST = worker.HOST
ENVIRONMENT = {**worker.ENVIRONMENT, "SANIC_HOST": HOST}  # the action server listens on every address without it
STOP_S = 15  # a running turn may finish
LOG_BYTES = "5MB"
HEALTH_S = 2.0
# A part that ends within these seconds has not started; after START_TRIES of them it is given up.
SETTLED_S = {"actions": 4, "bot": 25}
START_TRIES = 3


@dataclass(frozen=True)
class Plan:
    """What is started: ``project`` holds the configuration, ``folder`` conversations and logs."""

    project: Path
    model: Path
    folder: Path
    port: int
    actions_port: int

    @property
    def url(self) -> str:
        """Where the page and the API are."""
        return f"http://{HOST}:{self.port}"

    @property
    def actions_url(self) -> str:
        """Where the action server is."""
        return f"http://{HOST}:{self.actions_port}"

    @property
    def logs(self) -> Path:
        """The folder of the logs."""
        return self.folder / "log"

    def log(self, part: str) -> Path:
        """The log of one part."""
        return self.logs / f"{part}.log"


@dataclass(frozen=True)
class Part:
    """How a part is: ``pid`` 0 while it does not run, ``lost`` once the manager has given it up."""

    pid: int
    lost: bool


@dataclass
class Servers:
    """Both processes of a plan; a context manager that stops them at the end."""

    plan: Plan
    _scratch: Path = field(init=False)
    _manager: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def __enter__(self) -> Servers:
        """Start both; they are not ready yet."""
        self._scratch = Path(tempfile.mkdtemp(prefix="bot-"))  # short: a socket's path may not be long
        self.plan.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        configuration = self._scratch / "supervisord.conf"
        configuration.write_text(_configuration(self.plan, self._scratch), encoding="utf-8")
        places = {FOLDER_VARIABLE: str(self.plan.folder.resolve()), worker.ACTIONS_VARIABLE: self.plan.actions_url}
        environment = {**os.environ, **ENVIRONMENT, **places}
        with self.plan.log("manager").open("ab") as log:
            self._manager = subprocess.Popen(
                [sys.executable, "-m", "supervisor.supervisord", "--nodaemon", "--configuration", str(configuration)],
                cwd=self.plan.project, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C reaches us alone; we stop the parts in order
            )  # fmt: skip
        return self

    def __exit__(self, *_: object) -> None:
        """Stop both, running turns first."""
        manager = self._manager
        if manager is not None and manager.poll() is None:
            manager.terminate()
            try:
                manager.wait(2 * STOP_S)
            except subprocess.TimeoutExpired:
                os.killpg(manager.pid, signal.SIGKILL)
                manager.wait()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def manager_status(self) -> int | None:
        """None while the process manager runs, else its exit status."""
        return None if self._manager is None else self._manager.poll()

    def parts(self) -> dict[str, Part]:
        """How each part is; empty while the manager cannot say."""
        try:
            states = self.call("getAllProcessInfo")
        except (OSError, xmlrpc.client.Error):
            return {}
        return {s["name"]: Part(s["pid"], s["statename"] == "FATAL") for s in states}

    def call(self, command: str, *arguments: str) -> Any:
        """Give the manager one of its commands (supervisor's XML-RPC API); OSError or xmlrpc's Error if it fails."""
        transport = SupervisorTransport(None, None, f"unix://{self._scratch / 'sock'}")
        with contextlib.closing(transport):
            manager: Any = xmlrpc.client.ServerProxy(f"http://{HOST}", transport=transport)
            return getattr(manager.supervisor, command)(*arguments)

    def understands(self) -> bool:
        """Whether the bot could load its model; without one it answers red flags and nothing else."""
        return _model_loaded(self.plan.url)

    def healthy(self, part: str) -> bool:
        """Whether a part answers."""
        port = self.plan.port if part == "bot" else self.plan.actions_port
        try:
            with urllib.request.urlopen(f"http://{HOST}:{port}/health", timeout=HEALTH_S) as response:
                return bool(response.status == 200)
        except (OSError, ValueError):
            return False


def _model_loaded(url: str) -> bool:
    """Whether the bot at ``url`` says that it has a model."""
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=HEALTH_S) as response:
            return bool(json.load(response).get("model"))
    except (OSError, ValueError):
        return False


def _configuration(plan: Plan, scratch: Path) -> str:
    python = sys.executable
    commands = {
        "actions": [python, "-m", "rasa_sdk", "--actions", "actions", "-p", str(plan.actions_port),
                    "--logging-config_file", str(plan.project / "logging.yml")],
        "bot": [python, "-m", "bot", "worker", "--port", str(plan.port), "--model", str(plan.model.resolve())],
    }  # fmt: skip
    programs = "".join(_program(plan, name, command) for name, command in commands.items())
    return f"""\
[unix_http_server]
file = {_plain(scratch / "sock")}
chmod = 0700
[supervisord]
nodaemon = true
logfile = {_plain(scratch / "manager.log")}
pidfile = {_plain(scratch / "manager.pid")}
umask = 077
loglevel = warn
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
{programs}"""


def _program(plan: Plan, name: str, command: list[str]) -> str:
    return f"""\
[program:{name}]
command = {_plain(shlex.join(command))}
directory = {_plain(plan.project)}
startsecs = {SETTLED_S[name]}
startretries = {START_TRIES - 1}
autorestart = true
stopwaitsecs = {STOP_S}
stopasgroup = true
killasgroup = true
redirect_stderr = true
stdout_logfile = {_plain(plan.log(name).resolve())}
stdout_logfile_maxbytes = {LOG_BYTES}
stdout_logfile_backups = 2
"""


def _plain(value: object) -> str:
    return str(value).replace("%", "%%")  # supervisor expands %(name)s
