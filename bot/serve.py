"""``python -m bot serve``: the page, the API and the actions, with one command.

Checks the ports and the model, starts both processes on loopback, says when and where the bot is ready, says when a
part dies (the process manager starts it again), stops both on Ctrl-C, SIGTERM or SIGHUP.
Exit status 0 after such a stop, 1 if it could not start or keep running.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bot import model_file, train
from bot.channels import asked
from bot.channels.texts import text as words
from bot.stores.folder import data_folder
from bot.supervision import HOST, Part, Plan, Servers

PORT, ACTIONS_PORT = 5005, 5055
PORT_VARIABLE, ACTIONS_PORT_VARIABLE = "BOT_PORT", "BOT_ACTIONS_PORT"
READY_LIMIT_S = 180
LOOK_S = 0.5
LINES_SHOWN = 15
PARTS = ("actions", "bot")


class CannotStartError(Exception):
    """Why the bot cannot be started, and what to do, in a plain sentence."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run until stopped; see the module for the exit status."""
    options = _parser().parse_args(argv)
    try:
        check_port(options.port, "--port")
        check_port(options.actions_port, "--actions-port")
        check_platforms()
        model = model_for(train.PROJECT, may_train=not options.no_train)
    except CannotStartError as reason:
        say(str(reason))
        return 1
    plan = Plan(train.PROJECT, model, data_folder(), options.port, options.actions_port)
    return keep_running(plan)


def keep_running(plan: Plan) -> int:
    """Start both parts of ``plan`` and watch them until a signal comes or one is lost; exit status 0 or 1."""
    say(words("serve.starting", logs=plan.logs))
    with stop_signals() as stop, Servers(plan) as servers:
        watch, reason = Watch(servers, say), None
        while not stop.wait(LOOK_S):
            if reason := watch.look():
                say(reason)
                break
        say(words("serve.stopping"))
    say(words("serve.stopped"))
    return 1 if reason else 0


class Watch:
    """Looks at the parts again and again and tells what has changed."""

    def __init__(self, servers: Servers, tell: Callable[[str], None]) -> None:
        """``tell`` gets one plain sentence for each change."""
        self._servers = servers
        self._tell = tell
        self._pids: dict[str, int] = {}
        self._waiting = set(PARTS)
        self._began = time.monotonic()
        self.ready = False

    def look(self) -> str | None:
        """Tell what is new; the reason to give up, or None."""
        status = self._servers.manager_status()
        if status is not None:
            return words("serve.manager_died", status=status)
        for name, part in self._servers.parts().items():
            if part.lost:
                return self._lost(name)
            self._notice_death(name, part)
        self._notice_health()
        waited = time.monotonic() - self._began
        if not self.ready and waited > READY_LIMIT_S:
            return words("serve.not_ready", seconds=waited, logs=self._servers.plan.logs)
        return None

    def _notice_death(self, name: str, part: Part) -> None:
        before = self._pids.get(name, 0)
        if before and part.pid != before:
            self._tell(words("serve.died", part=words(f"serve.parts.{name}")))
            self._waiting.add(name)
        self._pids[name] = part.pid

    def _notice_health(self) -> None:
        for name in [name for name in PARTS if name in self._waiting]:
            if self._pids.get(name) and self._servers.healthy(name):
                self._waiting.discard(name)
                if self.ready:
                    self._tell(words("serve.works_again", part=words(f"serve.parts.{name}")))
        if not self.ready and not self._waiting:
            self.ready = True
            seconds = time.monotonic() - self._began
            self._tell(words("serve.ready", seconds=seconds, port=self._servers.plan.port))
            if not self._servers.understands():
                self._tell(words("serve.model_not_loaded", log=self._servers.plan.log("bot")))

    def _lost(self, name: str) -> str:
        log = self._servers.plan.log(name)
        first = words("serve.part_lost", part=words(f"serve.parts.{name}"), log=log)
        return "\n".join([first, *telling_lines(log)[-LINES_SHOWN:]])


def telling_lines(log: Path) -> list[str]:
    """The lines of a log without the libraries' warnings and the source line that follows each."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    return [
        line
        for before, line in zip(["", *lines], lines, strict=False)
        if "Warning: " not in line and not ("Warning: " in before and line.startswith("  "))
    ]


def check_port(port: int, option: str) -> None:
    """CannotStartError if something listens on this port already, or it is no port."""
    if not 0 < port < 2**16:
        raise CannotStartError(words("serve.port_bad", port=port))
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            raise CannotStartError(words("serve.port_taken", port=port, option=option, other=free_port())) from None


def check_platforms() -> None:
    """CannotStartError if a messaging platform is asked for that cannot be opened."""
    try:
        asked.check(os.environ)
    except asked.CannotOpenError as reason:
        raise CannotStartError(str(reason)) from None


def free_port() -> int:
    """A port on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def model_for(project: Path, *, may_train: bool) -> Path:
    """The model of the project as it is now, trained if need be; without training the newest there is.

    CannotStartError if there is none, or if it is not the one that was trained.
    """
    model = _found_model(project, may_train=may_train)
    try:
        model_file.verify(model)
    except model_file.UntrustedModelError as reason:
        raise CannotStartError(str(reason)) from None
    return model


def _found_model(project: Path, *, may_train: bool) -> Path:
    current = train.current_model(project)
    models, newest = current.parent.name, model_file.newest(current.parent)
    if model_file.is_recorded(current):
        return current
    if may_train:
        say(words("serve.retraining" if newest else "serve.training", models=models))
        if train.main([]) != 0:
            raise CannotStartError(words("serve.training_failed"))
        return current
    if newest is None:
        raise CannotStartError(words("serve.no_model", models=models))
    say(words("serve.stale", models=models))
    return newest


@contextmanager
def stop_signals() -> Iterator[threading.Event]:
    """An event that Ctrl-C, SIGTERM and SIGHUP set."""
    stop = threading.Event()
    kinds = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    former = {kind: signal.signal(kind, lambda *_: stop.set()) for kind in kinds}
    try:
        yield stop
    finally:
        for kind, handler in former.items():
            signal.signal(kind, handler)


def say(line: str) -> None:
    """To the operator, at once."""
    print(line, file=sys.stderr, flush=True)


def port_option(parser: argparse.ArgumentParser) -> None:
    """Add ``--port``, whose default the environment may set."""
    port = int(os.environ.get(PORT_VARIABLE) or PORT)
    parser.add_argument("--port", type=int, default=port, help=words("serve.help_port", default=port))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot serve", description=words("serve.help"))
    port_option(parser)
    port = int(os.environ.get(ACTIONS_PORT_VARIABLE) or ACTIONS_PORT)
    parser.add_argument("--actions-port", type=int, default=port, help=words("serve.help_actions_port", default=port))
    parser.add_argument("--no-train", action="store_true", help=words("serve.help_no_train"))
    return parser
