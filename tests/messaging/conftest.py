"""The real Rasa server and action server with every messaging platform open, each in front of its stand-in."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from rasa.shared.core.domain import Domain

from bot.channels.events import pseudonym
from bot.stores.database import SQLITE_FILE, Database
from bot.stores.inbox import Inbox
from bot.stores.letters import Letters
from bot.stores.sealing import Keyring, new_key
from bot.stores.tracker_store import StrictTrackerStore
from bot.supervision import Plan, Servers
from bot.train import PROJECT, current_model
from tests.messaging.drivers import DRIVERS, Driver
from tools.servers import free_ports

READY_S, LOOK_S = 240, 0.1
QUIET_LOOK_S = 0.3  # not too often: each look holds the bot's SQLite for a moment
FIGURES: list[str] = []


@pytest.fixture(scope="session")
def drivers() -> Iterator[dict[str, Driver]]:
    with contextlib.ExitStack() as stack:
        yield {name: stack.enter_context(make()) for name, make in DRIVERS.items()}


@pytest.fixture(scope="session")
def servers(drivers: dict[str, Driver], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    model = current_model()
    assert model.exists(), "make train first"
    plan = Plan(PROJECT, model, tmp_path_factory.mktemp("var"), *free_ports(2))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BOT_SECRET", "a key of the tests only")
        patch.setenv("BOT_MASTER_KEY", new_key().hex())
        patch.setenv("BOT_CHANNELS", ",".join(drivers))
        for driver in drivers.values():
            for name, value in driver.environment.items():
                patch.setenv(name, value)
        with Servers(plan) as running:
            wait_until(lambda: running.healthy("actions") and running.healthy("bot"))
            yield running


@pytest.fixture(scope="session")
def kept(servers: Servers) -> Kept:
    """What the bot keeps, read with its own keys."""
    import os

    keys = Keyring([bytes.fromhex(os.environ["BOT_MASTER_KEY"])])
    return Kept(Database(f"sqlite:///{servers.plan.folder / SQLITE_FILE}", keys))


@pytest.fixture(params=list(DRIVERS))
def platform(request: pytest.FixtureRequest, drivers: dict[str, Driver], servers: Servers, kept: Kept) -> OnPlatform:
    return OnPlatform(drivers[request.param], servers, kept)


@dataclass
class Kept:
    """The bot's database, from outside."""

    database: Database

    def waiting(self, channel: str, conversation: str) -> int:
        return _patiently(lambda: asyncio.run(Letters(self.database).waiting(channel, conversation)))

    def turns(self, conversation: str) -> list[dict[str, Any]]:
        return _patiently(lambda: asyncio.run(Inbox(self.database).turns(conversation)))

    def said(self, conversation: str) -> list[str]:
        """What Rasa has handled as messages of the person, in order."""
        store = StrictTrackerStore(Domain.empty(), kept_in=self.database)
        events = _patiently(lambda: asyncio.run(store.events(conversation)))
        return [event["text"] for event in events if event["event"] == "user" and event.get("text")]


@dataclass
class OnPlatform:
    """Somebody at a platform's end: does things and waits until they are answered."""

    driver: Driver
    servers: Servers
    kept: Kept

    def conversation(self, person: Any) -> str:
        return pseudonym(self.driver.name, self.driver.id_of(person))

    def somebody(self) -> Any:
        """Who has agreed."""
        person = self.driver.person()
        self.tell(person, "hello")
        self.press(person, "I agree")
        return person

    def tell(self, person: Any, text: str) -> None:
        self.driver.deliver(self.servers.plan.url, self.driver.writes(person, text))
        self.quiet(person)

    def press(self, person: Any, title: str) -> None:
        self.driver.deliver(self.servers.plan.url, self.driver.presses(person, title))
        self.quiet(person)

    def quiet(self, person: Any) -> None:
        """Until all that the person has done is answered."""
        conversation = self.conversation(person)
        wait_until(lambda: self.kept.waiting(self.driver.name, conversation) == 0, look=QUIET_LOOK_S)

    def answer(self, person: Any, text: str) -> list[dict[str, Any]]:
        """Say it, with buttons where there are such buttons; the bot's messages of the turn."""
        offered, titles = self.driver.offered(person), [part.strip() for part in text.split(",")]
        if text in offered:
            self.press(person, text)
            if "Done" in self.driver.offered(person):
                self.press(person, "Done")
        elif len(titles) > 1 and set(titles) <= set(offered) and "Done" in offered:
            for title in (*titles, "Done"):
                self.press(person, title)
        else:
            self.tell(person, text)
        return list(self.kept.turns(self.conversation(person))[-1]["answers"])


def wait_until(true: Callable[[], object], seconds: float = READY_S, look: float = LOOK_S) -> None:
    """Wait for something that is bound to become true."""
    for _ in range(int(seconds / look)):
        if true():
            return
        time.sleep(look)
    pytest.fail(f"not true after {seconds} s")


@pytest.fixture
def until() -> Callable[..., None]:
    return wait_until


@pytest.fixture
def figure() -> Callable[[str], None]:
    """A line for the end of the run."""
    return FIGURES.append


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for line in FIGURES:
        terminalreporter.write_line(line)


def _patiently(look: Callable[[], Any]) -> Any:
    """The bot may be writing to the same SQLite file."""
    for _ in range(50):
        try:
            return look()
        except Exception:
            time.sleep(LOOK_S)
    return look()
