"""The bot as it is deployed, to be broken: PostgreSQL, two Rasa, two action servers, nginx; each part can be hurt.

Everything it writes, temporary files too, is under one folder, so that a word can be looked for in all of it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg2

from bot.supervision import Servers
from bot.train import current_model
from tools import cluster, postgres
from tools.broken_actions import broken_actions
from tools.cluster import ClusterPlan

BOTS, ACTIONS = ("bot-1", "bot-2"), ("actions-1", "actions-2")
LOOK_S = 0.2
Change = Callable[[postgres.Cluster], None]


@dataclass
class World:
    """``plan`` has the ports; ``folder`` holds all that was written."""

    servers: Servers
    plan: ClusterPlan
    database: postgres.Cluster
    folder: Path

    @property
    def front(self) -> str:
        """Where the public arrives."""
        return self.plan.url

    @property
    def bots(self) -> list[str]:
        """The addresses of the Rasa servers themselves."""
        return [f"http://127.0.0.1:{port}" for port in self.plan.bots]

    def pids(self) -> dict[str, int]:
        """The process of each part."""
        return {name: part.pid for name, part in self.servers.parts().items()}

    def kill(self, part: str) -> None:
        """Kill -9; the process manager starts it again."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pids()[part], signal.SIGKILL)

    def up(self, part: str) -> bool:
        """Whether a part answers and has run long enough to be killed."""
        states = {state["name"]: state for state in self.servers.call("getAllProcessInfo")}
        return states[part]["statename"] == "RUNNING" and self.servers.healthy(part)

    def wait(self, true: Callable[[], object], seconds: float = 240) -> float:
        """Until it is true; the seconds that took. RuntimeError if it does not become true."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            if true():
                return time.monotonic() - began
            time.sleep(LOOK_S)
        raise RuntimeError(f"not so after {seconds:.0f} s")

    def count(self, kind: str, conversation: str) -> int:
        """How many of Rasa's events of a kind a conversation has in the database."""
        with contextlib.closing(psycopg2.connect(self.database.url)) as connection:
            cursor = connection.cursor()
            cursor.execute("select count(*) from events where conversation = %s and kind = %s", (conversation, kind))
            return int(cursor.fetchone()[0])

    def metrics(self) -> bytes:
        """What both Rasa servers count."""
        return b"".join(urllib.request.urlopen(f"{url}/metrics", timeout=5).read() for url in self.bots)

    @contextmanager
    def fault(self, name: str) -> Iterator[None]:
        """Break something for a while, by a name of ``FAULTS``; whole again, and working, afterwards."""
        with FAULTS[name](self):
            yield
        self.wait(lambda: all(self.servers.healthy(part) for part in self.plan.programs()))


@contextmanager
def world() -> Iterator[World]:
    """One that is ready."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="faults-")))
        temporary = folder / "tmp"
        temporary.mkdir()
        database = stack.enter_context(postgres.running(durable=True))
        stack.enter_context(_environment(TMPDIR=str(temporary)))
        servers = stack.enter_context(cluster.running(current_model(), folder / "var", database=database.url))
        assert isinstance(servers.plan, ClusterPlan)
        yield World(servers, servers.plan, database, folder)


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    former = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in former.items():
            os.environ.pop(name, None) if value is None else os.environ.__setitem__(name, value)


@contextmanager
def _nothing(_world: World) -> Iterator[None]:
    yield


@contextmanager
def _actions_down(world: World) -> Iterator[None]:
    for part in ACTIONS:
        world.servers.call("stopProcess", part)
    try:
        yield
    finally:
        for part in ACTIONS:
            world.servers.call("startProcess", part, False)


def _actions_broken(fault: str) -> Callable[[World], contextlib.AbstractContextManager[None]]:
    @contextmanager
    def broken(world: World) -> Iterator[None]:
        with _actions_down(world), ExitStack() as stack:
            for port in world.plan.actions:
                stack.enter_context(broken_actions(port)).fault = fault
            yield

    return broken


@contextmanager
def _frozen(world: World) -> Iterator[None]:
    """The action servers stopped as they are: connections are accepted and nothing comes."""
    pids = [world.pids()[part] for part in ACTIONS]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


@contextmanager
def _database(hurt: Change, heal: Change, world: World) -> Iterator[None]:
    hurt(world.database)
    try:
        yield
    finally:
        heal(world.database)


@contextmanager
def _database_restarting(world: World) -> Iterator[None]:
    """Down and up again, over and over."""
    over = threading.Event()

    def restart() -> None:
        while not over.wait(1):
            world.database.stop("immediate")
            over.wait(1)
            world.database.start()

    thread = threading.Thread(target=restart)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


FAULTS: dict[str, Callable[[World], contextlib.AbstractContextManager[None]]] = {
    "none": _nothing,
    "action server down": _actions_down,
    "action server slow": _frozen,
    **{f"action server: {fault}": _actions_broken(fault) for fault in ("500", "200 html", "cut json", "reset")},
    "database down": partial(_database, lambda database: database.stop("immediate"), postgres.Cluster.start),
    "database hung": partial(_database, postgres.Cluster.hang, postgres.Cluster.resume),
    "database restarting": _database_restarting,
}
