"""The real servers for a measurement: on free ports, with an empty database that is gone afterwards."""

from __future__ import annotations

import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.channels.client import ChannelError, Client
from bot.supervision import Plan, Servers
from bot.train import PROJECT, current_model


@contextmanager
def running() -> Iterator[str]:
    """The address of a bot that is ready; the model must be trained."""
    with tempfile.TemporaryDirectory() as folder, Servers(_plan(Path(folder))) as servers:
        while not (servers.healthy("bot") and servers.healthy("actions")):
            time.sleep(0.5)
        yield servers.plan.url


def patient(client: Client, text: str) -> list[dict[str, Any]]:
    """The bot's answer, waiting where the channel asks for patience."""
    while True:
        try:
            return client.say(text)
        except ChannelError as refused:
            if refused.status != 429:
                raise
            time.sleep(refused.retry_after or 1)


def free_ports(count: int) -> list[int]:
    """Ports on loopback that nobody listens on."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def _plan(folder: Path) -> Plan:
    return Plan(PROJECT, current_model(), folder, *free_ports(2))
