"""``make cluster``: the shape of a deployment on one machine, without containers.

PostgreSQL, two Rasa, two action servers and nginx with the configuration of ``deploy/nginx``, all on loopback, under
the process manager. What the public may reach is on one port (``BOT_PORT``, else a free one); the other ports are free
ones. The database is a private one that is gone afterwards, unless ``BOT_DATABASE`` names another. Ctrl-C stops it.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot import serve
from bot.stores.folder import data_folder
from bot.supervision import Plan, Program, Servers
from bot.train import PROJECT
from tools import nginx, postgres
from tools.servers import free_ports

DATABASE_VARIABLE = "BOT_DATABASE"
COPIES = 2
LOOK_S = 0.5
READY_LIMIT_S = COPIES * serve.READY_LIMIT_S  # they start at the same time


@dataclass(frozen=True)
class ClusterPlan(Plan):
    """``port`` is nginx's for the public, ``actions_port`` nginx's for the bots; ``bots``, ``actions``: the others."""

    bots: tuple[int, ...]
    actions: tuple[int, ...]
    nginx: Path  # the folder of its configuration
    database: str

    def programs(self) -> dict[str, Program]:
        """The parts by name: actions-1, actions-2, bot-1, bot-2, front."""
        parts = {f"actions-{n}": self.actions_program(port) for n, port in enumerate(self.actions, 1)}
        parts |= {f"bot-{n}": self.bot_program(port) for n, port in enumerate(self.bots, 1)}
        front = Program(nginx.command(self.nginx), f"{self.url}/none", settled_s=1, status=404, stop_signal="QUIT")
        return parts | {"front": front}

    def environment(self) -> dict[str, str]:
        """With the address of the database."""
        return {**super().environment(), DATABASE_VARIABLE: self.database}


@contextmanager
def running(model: Path, folder: Path, *, database: str | None = None, port: int | None = None) -> Iterator[Servers]:
    """A cluster whose parts all answer; ``folder`` holds keys and logs, ``database`` None for a private one."""
    with ExitStack() as stack:
        if database is None:
            database = stack.enter_context(postgres.running()).url
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="front-")))
        ports = free_ports(2 * COPIES + 2)
        bots, actions = tuple(ports[:COPIES]), tuple(ports[COPIES : 2 * COPIES])
        plan = ClusterPlan(PROJECT, model, folder, port or ports[-1], ports[-2], bots, actions, scratch, database)
        nginx.write(scratch, plan.port, bots, plan.actions_port, actions)
        servers = stack.enter_context(Servers(plan))
        wait(servers)
        yield servers


def wait(servers: Servers) -> None:
    """Until every part answers; RuntimeError with the part if one is lost or takes too long."""
    waiting = set(servers.plan.programs())
    for _ in range(int(READY_LIMIT_S / LOOK_S)):
        waiting = {name for name in waiting if not servers.healthy(name)}
        if not waiting:
            return
        lost = {name for name, part in servers.parts().items() if part.lost}
        if lost or servers.manager_status() is not None:
            break
        time.sleep(LOOK_S)
    raise RuntimeError(f"not ready: {', '.join(sorted(waiting))}; see {servers.plan.logs}")


def restart(servers: Servers, name: str) -> None:
    """Stop one part, running turns first, start it again and wait until it answers: a step of a rolling restart."""
    servers.call("stopProcess", name)
    servers.call("startProcess", name)
    wait(servers)


def main() -> int:
    """Run until stopped; exit status 1 with the reason if it cannot."""
    given = os.environ.get(serve.PORT_VARIABLE)
    try:
        if given:
            serve.check_port(int(given), serve.PORT_VARIABLE)
        model = serve.model_for(PROJECT, may_train=True)
        with serve.stop_signals() as stop:
            place, database = data_folder() / "cluster", os.environ.get(DATABASE_VARIABLE)
            with running(model, place, database=database, port=int(given) if given else None) as servers:
                serve.say(f"cluster: ready at {servers.plan.url}/   logs: {servers.plan.logs}   (Ctrl-C stops it)")
                for name, part in sorted(servers.parts().items()):
                    serve.say(f"  {name:10} process {part.pid:6}  {servers.plan.programs()[name].health}")
                while not stop.wait(LOOK_S) and servers.manager_status() is None:
                    pass
    except (serve.CannotStartError, RuntimeError, ValueError) as reason:
        serve.say(f"cluster: {reason}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
