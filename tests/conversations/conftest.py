"""The real Rasa server and action server, started once, on free ports, with a folder of their own."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from bot.channels.client import Client
from bot.supervision import Plan, Servers
from bot.train import PROJECT, current_model
from tools.servers import free_ports, patient

READY_S, LOOK_S = 240, 0.25


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    model = current_model()
    if not model.exists():
        trained = subprocess.run([sys.executable, "-m", "bot", "train"], cwd=PROJECT, capture_output=True, text=True)
        assert trained.returncode == 0, trained.stdout[-2000:] + trained.stderr[-2000:]
    plan = Plan(PROJECT, model, tmp_path_factory.mktemp("var"), *free_ports(2))
    with Servers(plan) as running:
        wait_until(lambda: running.healthy("actions") and running.healthy("bot"))
        yield running


@pytest.fixture
def say(servers: Servers) -> Callable[[str], list[dict[str, Any]]]:
    """Says a message in a new conversation of its own and waits where the channel asks for patience."""
    return partial(patient, Client(servers.plan.url))


@pytest.fixture
def until() -> Callable[[Callable[[], object]], None]:
    """Waits for something that is bound to become true."""
    return wait_until


def wait_until(true: Callable[[], object]) -> None:
    """Wait for something that is bound to become true."""
    for _ in range(int(READY_S / LOOK_S)):
        if true():
            return
        time.sleep(LOOK_S)
    pytest.fail("the servers did not get ready")
