"""The whole shape on one machine: PostgreSQL, two Rasa, two action servers, nginx. `make test-cluster` runs it.

It takes minutes and 1.6 GB, so the ordinary run leaves it out.
"""

from __future__ import annotations

import os
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field

import psutil
import pytest

from bot.channels.client import ChannelError, Client
from bot.supervision import Servers
from bot.train import current_model
from tests.deploy.test_nginx import PRIVATE
from tools import cluster
from tools.servers import patient

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(os.environ.get("TEST_CLUSTER") != "yes", reason="slow: make test-cluster"),
]
USERS = int(os.environ.get("CLUSTER_USERS", "4"))
WORDS = ("my calf keeps twitching", "three weeks", "I work nights", "no cramps", "does vitamin D help?", "I am vegan")


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with cluster.running(current_model(), tmp_path_factory.mktemp("var")) as running:
        yield running


@dataclass
class Person:
    """Somebody who goes on talking until told to stop, and keeps a journal."""

    client: Client
    answered: int = 0
    failed: list[str] = field(default_factory=list)

    def talk(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                answers = patient(self.client, WORDS[self.answered % len(WORDS)])
            except ChannelError as refused:
                self.failed.append(f"{refused.status} {refused.code}")
                return
            if not answers or not any(answer.get("text") for answer in answers):
                self.failed.append("empty")
            self.answered += 1


def refusals(servers: Servers) -> str:
    """What nginx noted of the requests that failed (last: whom it asked, what they said), and the errors of the bots.

    A 503 that a bot said itself is its database's: it could not keep the message within the 2 s that SQL has.
    """
    front = servers.plan.log("front").read_text().splitlines()
    refused = [line for line in front if len(line.split()) > 3 and line.split()[3] >= "500"]
    bots = [line for name in ("bot-1", "bot-2") for line in servers.plan.log(name).read_text().splitlines()]
    return "\n".join(refused + [line[:300] for line in bots if '"ERROR"' in line][-10:])


def test_only_the_public_paths_answer(servers: Servers) -> None:
    for path in PRIVATE:
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(servers.plan.url + path, timeout=20)
        assert refused.value.code == 404, path
    assert Client(servers.plan.url).start()


def test_every_part_listens_on_loopback_only(servers: Servers) -> None:
    listening = {
        connection.laddr.ip
        for part in servers.parts().values()
        for process in (psutil.Process(part.pid), *psutil.Process(part.pid).children(recursive=True))
        for connection in process.connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {"127.0.0.1"}


@pytest.mark.parametrize("part", ["bot-1", "bot-2", "actions-1", "actions-2"])
def test_a_talk_goes_on_when_a_process_is_killed(servers: Servers, part: str) -> None:
    client = Client(servers.plan.url)
    told = ["my calf keeps twitching", "for three weeks", "it is the left one", "I work nights"]
    for number, words in enumerate(told):
        if number == 2:
            psutil.Process(servers.parts()[part].pid).kill()
        assert any(answer.get("text") for answer in patient(client, words))
    assert [turn["message"] for turn in client.turns()] == told
    cluster.wait(servers)


def test_a_rolling_restart_fails_no_turn(servers: Servers) -> None:
    people = [Person(Client(servers.plan.url)) for _ in range(USERS)]
    stop = threading.Event()
    threads = [threading.Thread(target=person.talk, args=(stop,)) for person in people]
    for thread in threads:
        thread.start()
    try:
        for part in ("bot-1", "bot-2", "actions-1", "actions-2"):
            cluster.restart(servers, part)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    print(f"rolling restart: {sum(person.answered for person in people)} turns of {USERS} people")
    assert [person.failed for person in people] == [[]] * USERS, refusals(servers)
    assert all(person.answered for person in people)
    for person in people:
        assert len(person.client.turns()) == person.answered, "acknowledged means stored, once"
