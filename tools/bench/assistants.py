"""The two assistants that are compared, each started for real on loopback: how it is started, asked and trained."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import yaml

from bot.supervision import ENVIRONMENT, HOST, Plan, Program, Servers
from bot.train import PROJECT, current_model
from tools.bench.stock import Stock
from tools.servers import free_ports
from tools.talks import cases, hold

LOOK_S = 0.1
PATIENCE_S = 120
START_S = 900  # stock takes minutes where other work goes on
# The channel lets one conversation send a message a second; here one person types as fast as it answers.
UNLIMITED = {"messages_per_second": 1e6, "message_burst": 10**6, "sessions_per_second": 1e6, "session_burst": 10**6}
WORDS_OF_A_CYCLE = 5  # messages after which the long conversation says the same again

Say = Callable[[str], list[dict[str, Any]]]
Talk = Callable[[Say], None]


@dataclass(frozen=True)
class Running:
    """One started assistant: where its processes answer, and how long the first answer took."""

    ports: tuple[int, ...]
    first_answer_s: float


class Assistant(Protocol):
    """What the measurement needs of either."""

    name: str
    model: Path

    def talks(self) -> Sequence[Talk]:
        """Its conversations, in a fixed order."""

    def long_talk(self) -> Sequence[str]:
        """A conversation that is said again and again without end: ``WORDS_OF_A_CYCLE`` messages."""

    def conversation(self, port: int) -> Say:
        """A new conversation with the process on this port, over one connection that is kept."""

    def running(self, processes: int) -> Any:
        """A context: started with so many Rasa processes, answering; a `Running`."""


class Ours:
    """This bot, as ``python -m bot serve`` starts it, with a data folder that is thrown away."""

    name = "bot"

    def __init__(self) -> None:
        """The model must be trained."""
        self.model = current_model()

    def talks(self) -> Sequence[Talk]:
        """The scripted talks of tests/cases/talks, each held to its result or urgent answer."""
        return [lambda say, case=case: hold(case, say) and None for case in cases()]

    def long_talk(self) -> Sequence[str]:
        """A symptom, two answers, a question, from the start again."""
        return [
            "my calf keeps twitching, about six weeks now", "none of these", "i work nights and hardly see the sun",
            "what does the blood test measure?", "start over",
        ]  # fmt: skip

    def conversation(self, port: int) -> Say:
        """A new signed conversation."""
        line = Line(port)
        token = line.post("/webhooks/web/session", {})["token"]
        headers = {"Authorization": f"Bearer {token}"}
        return lambda text: line.post("/webhooks/web/message", {"message": text, "id": uuid.uuid4().hex}, headers)

    @contextmanager
    def running(self, processes: int) -> Iterator[Running]:
        """Each Rasa process with its own action server and database, as two machines would have them."""
        with ExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory()))
            began = time.monotonic()
            plans = [UnlimitedPlan(PROJECT, self.model, folder / str(n), *free_ports(2)) for n in range(processes)]
            for plan in plans:
                stack.enter_context(Servers(plan))
            for plan in plans:
                _until(lambda plan=plan: _asks(self.conversation(plan.port)))
            seconds = time.monotonic() - began
            yield Running(tuple(plan.port for plan in plans), seconds)


class Moodbot:
    """The assistant of ``rasa init``, as ``rasa run`` starts it. Its domain has no custom action: no action server."""

    name = "rasa init"

    def __init__(self, stock: Stock) -> None:
        """``stock``: made and trained."""
        self.model = stock.model
        self._stock = stock

    def talks(self) -> Sequence[Talk]:
        """The conversations of its own test stories."""
        return [lambda say, texts=texts: [say(text) for text in texts] and None for texts in self._stock.stories()]

    def long_talk(self) -> Sequence[str]:
        """Its own sad path, and the questions it knows."""
        return ["hello", "not good", "yes", "are you a bot?", "bye"]

    def conversation(self, port: int) -> Say:
        """A sender of its own on the stock REST channel."""
        line, sender = Line(port), uuid.uuid4().hex
        return lambda text: line.post("/webhooks/rest/webhook", {"sender": sender, "message": text})

    @contextmanager
    def running(self, processes: int) -> Iterator[Running]:
        """So many servers, each with Rasa's own defaults."""
        with ExitStack() as stack:
            ports = free_ports(processes)
            began = time.monotonic()
            for port in ports:
                stack.enter_context(self._served(port))
            for port in ports:
                _until(lambda port=port: bool(self.conversation(port)("hello")))
            yield Running(tuple(ports), time.monotonic() - began)

    @contextmanager
    def _served(self, port: int) -> Iterator[None]:
        command = [sys.executable, "-m", "rasa", "run", "-i", HOST, "-p", str(port), "--model", str(self.model)]
        with (self._stock.folder / f"server_{port}.log").open("wb") as log:
            server = subprocess.Popen(
                command, cwd=self._stock.folder, env={**os.environ, **ENVIRONMENT}, stdout=log, stderr=log
            )
            try:
                yield
            finally:
                server.terminate()
                server.wait()


class Line:
    """One connection to a port that is kept open between requests."""

    def __init__(self, port: int) -> None:
        """Connects with the first request."""
        self._connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE_S)

    def post(self, path: str, body: Any, headers: dict[str, str] | None = None) -> Any:
        """The JSON answer. ConnectionError where nothing listens, RuntimeError for any status but 200."""
        told = {"Content-Type": "application/json", **(headers or {})}
        self._connection.request("POST", path, json.dumps(body), told)
        response = self._connection.getresponse()
        content = response.read()
        if response.status != http.client.OK:
            raise RuntimeError(f"POST {path}: {response.status}")
        return json.loads(content)


@dataclass(frozen=True)
class UnlimitedPlan(Plan):
    """With credentials of its own, in which nobody is told to wait."""

    def bot_program(self, port: int) -> Program:
        """A Rasa server that reads them from the data folder."""
        credentials = self.folder / "credentials.yml"
        self.folder.mkdir(parents=True, exist_ok=True)
        credentials.write_text(yaml.safe_dump({"bot.channels.web.WebInput": UNLIMITED}), encoding="utf-8")
        usual = super().bot_program(port)
        return replace(usual, command=[*usual.command, "--credentials", str(credentials.resolve())])


def _asks(say: Say) -> bool:
    """Whether a symptom gets its question: with the model not loaded or the actions missing it would not."""
    return any(message.get("custom", {}).get("type") == "question" for message in say("my calf keeps twitching"))


def _until(answered: Callable[[], bool]) -> None:
    limit = time.monotonic() + START_S
    while time.monotonic() < limit:
        try:
            if answered():
                return
        except (OSError, RuntimeError, http.client.HTTPException):
            pass  # not up yet
        time.sleep(LOOK_S)
    raise RuntimeError("the assistant did not get ready")
