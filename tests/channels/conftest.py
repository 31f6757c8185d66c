"""A real Rasa server and action server with a tiny model, for what only they can show."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot import model_file
from bot.channels.client import Client
from bot.channels.slack import SlackInput
from bot.channels.telegram import TelegramInput
from bot.channels.whatsapp import MetaInput, TwilioInput
from bot.stores.database import Database
from bot.stores.sealing import Keyring
from bot.stores.tracker_store import StrictTrackerStore
from bot.supervision import ENVIRONMENT, Plan, Servers
from tests.channels.door import Door
from tests.channels.standins.meta import Meta
from tests.channels.standins.slack import Slack
from tests.channels.standins.twilio import Twilio
from tests.channels.telegram_standin import SECRET, TOKEN, BotApiStandIn
from tools.servers import free_ports

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def tiny_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny") / "project"
    shutil.copytree(Path(__file__).with_name("tiny"), folder)
    for name in ("endpoints.yml", "logging.yml"):
        shutil.copy(ROOT / name, folder)
    command = [sys.executable, "-m", "rasa", "train", "--quiet", "--fixed-model-name", "tiny", "--skip-validation"]
    environment = {**os.environ, **ENVIRONMENT}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    model = folder / "models" / "tiny.tar.gz"
    assert model.exists(), done.stdout[-2000:] + done.stderr[-2000:]
    model_file.record(model)
    return folder


@pytest.fixture(scope="session")
def servers(tiny_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    plan = Plan(tiny_project, tiny_project / "models" / "tiny.tar.gz", tmp_path_factory.mktemp("var"), *free_ports(2))
    former = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), *([former] if former else [])])
    try:
        with Servers(plan) as running:
            wait_until(lambda: ready(running), seconds=240)
            yield running
    finally:
        os.environ["PYTHONPATH"] = former or ""


def ready(servers: Servers) -> bool:
    """Whether both parts answer; AssertionError with the end of its log once one has been given up."""
    for name, part in servers.parts().items():
        assert not part.lost, servers.plan.log(name).read_text()[-2000:]
    return servers.healthy("actions") and servers.healthy("bot")


@pytest.fixture(scope="session")
def until() -> Callable[..., None]:
    return wait_until


@pytest.fixture
def actions_down(servers: Servers, until: Callable[..., None]) -> Iterator[None]:
    servers.call("stopProcess", "actions")
    until(lambda: not servers.healthy("actions"), seconds=20)
    yield
    servers.call("startProcess", "actions")
    until(lambda: servers.healthy("actions"), seconds=60)


@pytest.fixture
def client(servers: Servers) -> Client:
    return Client(servers.plan.url)


def wait_until(true: Callable[[], object], *, seconds: float) -> None:
    """Wait for something that is bound to become true."""
    for _ in range(int(seconds / 0.2)):
        if true():
            return
        time.sleep(0.2)
    raise AssertionError(f"not true after {seconds} s")


@dataclass
class Platforms:
    """Stand-ins for platforms, with the channels that are open to them behind ``door``."""

    telegram: BotApiStandIn
    slack: Slack
    twilio: Twilio
    meta: Meta
    door: Door


@pytest.fixture(scope="session")
def _platforms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platforms]:
    folder = tmp_path_factory.mktemp("door")
    factory = logging.getLogRecordFactory()
    with pytest.MonkeyPatch.context() as patch, contextlib.ExitStack() as running:
        telegram, slack, twilio, meta = map(running.enter_context, (BotApiStandIn(), Slack(), Twilio(), Meta()))
        patch.setenv("BOT_VAR", str(folder))
        patch.setenv("BOT_SECRET", "a key of the tests only")
        channels = [
            TelegramInput.from_credentials({"token": TOKEN, "secret": SECRET, "api": telegram.url}),
            SlackInput.from_credentials(slack.settings),
            TwilioInput.from_credentials(twilio.settings),
            MetaInput.from_credentials(meta.settings),
        ]
        store = StrictTrackerStore(kept_in=Database(f"sqlite:///{folder / 'talks.db'}", Keyring([bytes(32)])))
        with Door(channels, store) as door:
            logging.setLogRecordFactory(factory)  # only a server withholds the words of other loggers
            yield Platforms(telegram, slack, twilio, meta, door)


@pytest.fixture
def platforms(_platforms: Platforms) -> Platforms:
    """With nothing recorded yet."""
    for standin in (_platforms.slack, _platforms.twilio, _platforms.meta):
        standin.forget()
    _platforms.telegram.calls.clear()
    _platforms.telegram.messages.clear()
    return _platforms


@pytest.fixture
def door(platforms: Platforms) -> Door:
    """Where requests come in."""
    return platforms.door
