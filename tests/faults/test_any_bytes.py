"""What schemathesis makes of our API's description: no 5xx, answers as described, and the same processes afterwards.

The bodies of tests/cases/bad_input.yml are sent by tests/channels/test_web.py, in every test run.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.channels.client import Client
from bot.supervision import Plan, Program, Servers
from bot.train import PROJECT, current_model
from tools.environments import MissingError
from tools.faults import schemathesis_run
from tools.faults.numbers import number
from tools.faults.table import record
from tools.servers import free_ports

# Else nearly all that schemathesis sends would be refused as too much.
LIMITLESS = "bot.channels.web.WebInput: {messages_per_second: 1000, message_burst: 10000, sessions_per_second: 1000}\n"


@dataclass(frozen=True)
class LimitlessPlan(Plan):
    """One bot that takes any number of messages."""

    def bot_program(self, port: int) -> Program:
        usual, credentials = super().bot_program(port), self.folder / "credentials.yml"
        credentials.write_text(LIMITLESS, encoding="utf-8")
        return replace(usual, command=[*usual.command, "--credentials", str(credentials.resolve())])


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Servers]:
    with Servers(LimitlessPlan(PROJECT, current_model(), tmp_path, *free_ports(2))) as running:
        for _ in range(480):
            if running.healthy("bot") and running.healthy("actions"):
                break
            time.sleep(0.5)
        yield running


def test_any_bytes(servers: Servers, tmp_path: Path) -> None:
    client, before = Client(servers.plan.url), servers.parts()
    token = client.start()
    try:
        told, status, requests = schemathesis_run.run(
            servers.plan.url, token, number("EXAMPLES"), number("SEED"), tmp_path
        )
    except MissingError as reason:
        pytest.skip(f"schemathesis: {reason}")
    same = servers.parts() == before
    record(
        "any_bytes",
        f"{'nothing found' if status == 0 else 'see the log'}; the same processes: {same}",
        requests,
        kept=status == 0 and same,
    )
    assert status == 0, told[-6000:]
    assert same
    assert requests > 0
    assert client.say("my legs ache")
