"""A stand-in for the web channel: the contract's calls over real HTTP, with scripted answers and faults on demand.

It serves the built page with the real server's headers, handles an id once, and keeps each conversation to its token.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from bot.channels.site import HEADERS, PAGE, PAGE_FOLDER

API = "/webhooks/web/"
Answer = list[dict[str, Any]]
LONGEST_HELD_S = 30


def _set() -> threading.Event:
    event = threading.Event()
    event.set()
    return event


@dataclass
class State:
    """What the stand-in answers, what it was asked, and what is wrong with it."""

    answers: dict[str, Answer] = field(default_factory=dict)  # by message; "*" for any other
    turns: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # by token
    received: list[dict[str, Any]] = field(default_factory=list)  # every message request that arrived, repeats included
    handled: list[str] = field(default_factory=list)  # messages that were handled
    reports: list[str] = field(default_factory=list)  # violations of the content security policy
    sessions: int = 0
    held: threading.Event = field(default_factory=_set)  # while it is not set, messages wait for their answer
    down: bool = False  # connections are cut
    cut_answer: bool = False  # the message is handled, then the connection is cut
    fail: list[tuple[int, dict[str, Any], dict[str, str]]] = field(default_factory=list)  # for the next messages
    summary: dict[str, Any] | None = None
    pages: dict[str, bytes] = field(default_factory=dict)  # further pages, by path


class StandIn:
    """The server, from ``start`` to ``stop``."""

    def __init__(self) -> None:
        """Not started yet."""
        self.state = State()
        self._server = _Server(self.state)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        """Serve in the background."""
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, state: State) -> None:
        self.state = state
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def log_message(self, *_arguments: Any) -> None:
        pass

    def do_GET(self) -> None:
        if self._cut():
            return
        state, token = self.server.state, self._token()
        if self.path == API + "conversation":
            self._json(200, state.turns[token]) if token in state.turns else self._no_token()
        elif self.path == API + "summary":
            self._json(200, state.summary) if state.summary else self._json(404, {"error": "not_found"})
        elif self.path in state.pages:
            self._send(200, state.pages[self.path], "text/html; charset=utf-8")
        elif self.path in PAGE:
            name, kind = PAGE[self.path]
            self._send(200, (PAGE_FOLDER / name).read_bytes(), kind)
        else:
            self._json(404, {"error": "not_found", "message": "There is nothing at this address."})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        state = self.server.state
        if self.path == "/csp":
            state.reports.append(body.decode())
            self._send(204, b"", "text/plain")
            return
        if self._cut():
            return
        if self.path == API + "session":
            state.sessions += 1
            token = secrets.token_hex(8)
            state.turns[token] = []
            self._json(200, {"token": token})
        elif self.path == API + "message":
            self._message(json.loads(body))

    def do_DELETE(self) -> None:
        if self._cut():
            return
        found = self.server.state.turns.pop(self._token(), None)
        self._json(200, {"erased": True}) if found is not None else self._no_token()

    def _message(self, message: dict[str, Any]) -> None:
        state, token = self.server.state, self._token()
        state.received.append(message)
        if token not in state.turns:
            self._no_token()
            return
        if state.fail:
            status, told, headers = state.fail.pop(0)
            self._json(status, told, headers)
            return
        state.held.wait(LONGEST_HELD_S)
        self._json(200, self._handled(state.turns[token], message), cut=state.cut_answer)

    def _handled(self, turns: list[dict[str, Any]], message: dict[str, Any]) -> Answer:
        state = self.server.state
        known = next((turn for turn in turns if turn["id"] == message["id"]), None)
        if known is None:
            text = message["message"]
            answers = state.answers.get(text, state.answers.get("*", [{"text": f"Heard: {text}"}]))
            known = {"id": message["id"], "at": 1764043200.0, "message": text, "answers": answers}
            turns.append(known)
            state.handled.append(text)
        return list(known["answers"])

    def _token(self) -> str:
        return (self.headers.get("Authorization") or "").removeprefix("Bearer ")

    def _no_token(self) -> None:
        self._json(401, {"error": "no_token", "message": "This conversation is not known or has expired."})

    def _cut(self) -> bool:
        if self.server.state.down:
            self.close_connection = True
            self.connection.close()
        return self.server.state.down

    def _json(self, status: int, data: Any, headers: dict[str, str] | None = None, *, cut: bool = False) -> None:
        if cut:  # in the middle of the answer: a connection cut before it would be tried again by the browser itself
            self.server.state.cut_answer = False
            self.close_connection = True
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "1000")
            self.end_headers()
            return
        self._send(status, json.dumps(data).encode(), "application/json", headers)

    def _send(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        policy = HEADERS["Content-Security-Policy"] + "; report-uri /csp"
        self.send_response(status)
        sent = {**HEADERS, "Content-Security-Policy": policy, "Content-Type": kind, **(headers or {})}
        for name, value in {**sent, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def played(answers: Mapping[str, Answer]) -> Iterator[StandIn]:
    """A stand-in that plays the answers, stopped at the end."""
    server = StandIn()
    server.state.answers = dict(answers)
    server.start()
    yield server
    server.stop()
