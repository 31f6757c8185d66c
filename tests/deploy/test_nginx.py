"""nginx with the configuration of deploy/nginx, in front of two servers that stand for Rasa and tell what they got."""

from __future__ import annotations

import http.client
import http.server
import json
import re
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.channels.cleaning import MAX_CHARACTERS
from bot.channels.texts import text as words
from tools import nginx, nginx_errors
from tools.servers import free_ports

ROOT = Path(__file__).parents[2]
PUBLIC = [
    ("GET", "/"), ("GET", "/vitamin-d-chat.js"), ("GET", "/page.css"), ("GET", "/favicon.svg"),
    ("POST", "/webhooks/web/session"), ("POST", "/webhooks/web/message"), ("GET", "/webhooks/web/conversation"),
    ("DELETE", "/webhooks/web/conversation"), ("GET", "/webhooks/web/summary"), ("POST", "/webhooks/telegram/webhook"),
    ("POST", "/webhooks/slack/webhook"), ("POST", "/webhooks/whatsapp/webhook"),
    ("GET", "/webhooks/whatsapp-meta/webhook"), ("GET", "/webhooks/web/export"),
]  # fmt: skip
PRIVATE = [
    "/health", "/ready", "/metrics", "/version", "/status", "/domain", "/model", "/conversations/x/tracker", "/actions",
    "/webhook", "/webhooks/", "/webhooks/rest/webhook", "/webhooks/telegram/set_webhook", "/webhooks/telegram/",
    "/socket.io/", "/webhooks/web/../../status", "/webhooks/web/%2e%2e/%2e%2e/health", "//health", "/health/", "/.env",
    "/webhooks/webx", "/index.html",
]  # fmt: skip


@dataclass
class StandIn:
    """A server that answers every request with what reached it; ``fails`` so many times by cutting the connection."""

    fails: int = 0
    seen: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    port: int = 0

    def serve(self) -> http.server.ThreadingHTTPServer:
        stand_in = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                told = {name.lower(): value for name, value in self.headers.items()}
                stand_in.seen.append((self.command, self.path, told))
                if stand_in.fails:
                    stand_in.fails -= 1
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                body = json.dumps({"path": self.path}).encode()
                self.send_response(200)
                self.send_header("X-Frame-Options", "DENY")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_DELETE = answer  # noqa: N815 - the library's names

            def log_message(self, *_: object) -> None:
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server


@dataclass
class Front:
    """nginx, running; ``folder`` holds what it wrote."""

    port: int
    bots: list[StandIn]
    folder: Path

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, dict[str, str], Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        return response.status, {k.lower(): v for k, v in response.headers.items()}, json.loads(content)

    @property
    def seen(self) -> list[tuple[str, str, dict[str, str]]]:
        return [request for bot in self.bots for request in bot.seen]

    def clear(self) -> None:
        for bot in self.bots:
            bot.seen.clear()
            bot.fails = 0


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("nginx")
    bots = [StandIn(), StandIn()]
    servers = [bot.serve() for bot in bots]
    port, actions_port = free_ports(2)
    nginx.write(folder, port, [bot.port for bot in bots], actions_port, [bot.port for bot in bots])
    assert nginx.check(folder) == ""
    with (folder / "out").open("wb") as out:
        process = subprocess.Popen(nginx.command(folder), stdout=out, stderr=out)
    front = Front(port, bots, folder)
    try:
        for _ in range(100):
            try:
                front.ask("GET", "/")
                break
            except OSError:
                time.sleep(0.1)
        yield front
    finally:
        process.terminate()
        process.wait(20)
        for server in servers:
            server.shutdown()


@pytest.fixture
def front(running: Front) -> Front:
    running.clear()
    return running


def test_every_platform_that_can_be_switched_on_is_let_through() -> None:
    known = yaml.safe_load((ROOT / "bot" / "channels" / "platforms.yml").read_text())
    let_through = re.findall(r"\^/webhooks/\((.*)\)/webhook", (nginx.DEPLOY / "nginx.conf").read_text())
    assert [set(names.split("|")) for names in let_through] == [set(known)]
    schema = json.loads((ROOT / "deploy" / "chart" / "values.schema.json").read_text())
    assert set(schema["properties"]["messaging"]["items"]["enum"]) == set(known)


def test_its_own_answers_are_the_channels_words() -> None:
    assert nginx_errors.FILE.read_text() == nginx_errors.configuration(), "run: python -m tools.nginx_errors"


@pytest.mark.parametrize(("method", "path"), PUBLIC)
def test_the_public_paths_get_through_with_the_applications_headers(front: Front, method: str, path: str) -> None:
    status, headers, told = front.ask(method, path, b"{}" if method == "POST" else None)
    assert (status, told) == (200, {"path": path})
    assert headers["x-frame-options"] == "DENY"
    assert len(front.seen) == 1


@pytest.mark.parametrize("path", PRIVATE)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nothing_else_reaches_a_bot(front: Front, method: str, path: str) -> None:
    status, headers, told = front.ask(method, path)
    assert (status, told["error"], told["message"]) == (404, "not_found", words("errors.not_found"))
    assert headers["content-type"].startswith("application/json")
    assert front.seen == []


def test_what_a_client_says_about_itself_is_dropped(front: Front) -> None:
    headers = {"X_Forwarded_For": "6.6.6.6", "X_Real_IP": "6.6.6.6", "Forwarded": "for=6.6.6.6", "X_Request_ID": "mine"}
    front.ask("POST", "/webhooks/web/session", b"{}", **headers)
    ((_, _, told),) = front.seen
    assert told["x-forwarded-for"] == "127.0.0.1"
    assert "6.6.6.6" not in str(told)
    assert len(told["x-request-id"]) == 32
    assert told["connection"] == "close"  # else a bot that is to stop is held, and goes on serving


@pytest.mark.parametrize(("size", "status"), [(16 * 1024, 200), (16 * 1024 + 1, 413)])
def test_a_body_has_16_kb_at_most(front: Front, size: int, status: int) -> None:
    got, _, told = front.ask("POST", "/webhooks/web/message", b"x" * size)
    assert got == status
    assert len(front.seen) == (status == 200)
    assert status == 200 or told == {"error": "too_long", "message": words("errors.too_long", limit=MAX_CHARACTERS)}


def test_a_message_whose_process_dies_goes_to_the_other_with_the_same_id(front: Front) -> None:
    front.bots[0].fails = 1
    statuses = [front.ask("POST", "/webhooks/web/message", b'{"message": "hello"}')[0] for _ in range(2)]
    assert statuses == [200, 200]
    ids = [told["x-request-id"] for _, _, told in front.seen]
    assert len(ids) == 3
    assert len(set(ids)) == 2


def end_of(connection: socket.socket) -> str:
    try:
        return "closed" if connection.recv(1) == b"" else "answered"
    except ConnectionResetError:
        return "reset"


UNFINISHED = [b"POST /webhooks/web/message HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{", b"POST /w"]


def test_clients_that_do_not_go_on_are_closed(front: Front) -> None:
    with ExitStack() as stack:
        slow = [
            stack.enter_context(socket.create_connection(("127.0.0.1", front.port), timeout=30)) for _ in UNFINISHED
        ]
        for connection, start in zip(slow, UNFINISHED, strict=True):
            connection.sendall(start)
        assert {end_of(connection) for connection in slow} <= {"closed", "reset"}
    assert front.seen == []


def test_with_every_bot_gone_the_person_is_told_that_it_was_not_saved(front: Front) -> None:
    for bot in front.bots:
        bot.fails = 2
    status, headers, told = front.ask("POST", "/webhooks/web/message", b'{"message": "hello"}')
    assert (status, told) == (503, {"error": "not_saved", "message": words("errors.not_saved")})
    assert headers["cache-control"] == "no-store"


def test_a_flood_from_one_address_is_told_to_wait_and_others_words_are_in_no_log(front: Front) -> None:
    answers = [front.ask("POST", "/webhooks/web/message", b'{"message": "canaryword"}') for _ in range(400)]
    refused = [answer for answer in answers if answer[0] == 429]
    assert refused
    assert refused[0][1]["retry-after"] == str(nginx_errors.WAIT_S)
    assert refused[0][2]["message"] == words("errors.too_many", seconds=nginx_errors.WAIT_S)
    written = (front.folder / "out").read_text()
    assert "/webhooks/web/message 429" in written
    assert "canaryword" not in written
    assert "client" not in written
