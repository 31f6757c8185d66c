"""The bot's processes, the action server and Rasa, under the process manager `supervisor`.

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
import urllib.error
import urllib.request
import xmlrpc.client
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from supervisor.xmlrpc import SupervisorTransport

from bot import worker
from bot.stores.folder import FOLDER_VARIABLE

HOST = worker.HOST
ENVIRONMENT = {**worker.ENVIRONMENT, "SANIC_HOST": HOST}  # the action server listens on every address without it
STOP_S = 25  # running turns may finish: Sanic waits up to 15 s for them, then the process takes seconds to end
LOG_BYTES = "5MB"
HEALTH_S = 2.0
START_TRIES = 3


@dataclass(frozen=True)
class Program:
    """A part: how it is started, the address that tells whether it answers, and with which HTTP status."""

    command: Sequence[str]
    health: str
    settled_s: int  # one that ends within these seconds has not started; after START_TRIES of them it is given up
    status: int = 200
    stop_signal: str = "TERM"


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

    def programs(self) -> dict[str, Program]:
        """The parts by name."""
        return {"actions": self.actions_program(self.actions_port), "bot": self.bot_program(self.port)}

    def actions_program(self, port: int) -> Program:
        """An action server."""
        command = [sys.executable, "-m", "rasa_sdk", "--actions", "actions", "-p", str(port),
                   "--logging-config_file", str(self.project / "logging.yml")]  # fmt: skip
        return Program(command, f"http://{HOST}:{port}/health", settled_s=4)

    def bot_program(self, port: int) -> Program:
        """A Rasa server."""
        command = [sys.executable, "-m", "bot", "worker", "--port", str(port), "--model", str(self.model.resolve())]
        return Program(command, f"http://{HOST}:{port}/health", settled_s=25)

    def environment(self) -> dict[str, str]:
        """What the parts find in their environment beside what is there already."""
        folder = str(self.folder.resolve())
        return {**ENVIRONMENT, FOLDER_VARIABLE: folder, worker.ACTIONS_VARIABLE: self.actions_url}

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
    """The processes of a plan; a context manager that stops them at the end."""

    plan: Plan
    _scratch: Path = field(init=False)
    _manager: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def __enter__(self) -> Servers:
        """Start them; they are not ready yet."""
        self._scratch = Path(tempfile.mkdtemp(prefix="bot-"))  # short: a socket's path may not be long
        self.plan.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        configuration = self._scratch / "supervisord.conf"
        configuration.write_text(_configuration(self.plan, self._scratch), encoding="utf-8")
        environment = {**os.environ, **self.plan.environment()}
        with self.plan.log("manager").open("ab") as log:
            self._manager = subprocess.Popen(
                [sys.executable, "-m", "supervisor.supervisord", "--nodaemon", "--configuration", str(configuration)],
                cwd=self.plan.project, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C reaches us alone; we stop the parts in order
            )  # fmt: skip
        return self

    def __exit__(self, *_: object) -> None:
        """Stop them, running turns first."""
        manager = self._manager
        if manager is not None and manager.poll() is None:
            manager.terminate()
            try:
                manager.wait((1 + len(self.plan.programs())) * STOP_S)  # it stops them one after the other
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
        program = self.plan.programs()[part]
        try:
            with urllib.request.urlopen(program.health, timeout=HEALTH_S) as response:
                return bool(response.status == program.status)
        except urllib.error.HTTPError as answer:
            return answer.code == program.status
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
    programs = "".join(_program(plan, name, program) for name, program in plan.programs().items())
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


def _program(plan: Plan, name: str, program: Program) -> str:
    return f"""\
[program:{name}]
command = {_plain(shlex.join(program.command))}
directory = {_plain(plan.project)}
startsecs = {program.settled_s}
startretries = {START_TRIES - 1}
autorestart = true
stopsignal = {program.stop_signal}
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
