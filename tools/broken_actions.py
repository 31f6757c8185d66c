"""An action server that is broken in a way that can be chosen while it runs, for tests of what depends on one."""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

HTML = b"<html><body><h1>Bad gateway</h1></body></html>"
CUT = b'{"events": [{"event": "slot", "na'


def _response(status: bytes, kind: bytes, body: bytes, length: int | None = None) -> bytes:
    told = str(len(body) if length is None else length).encode()
    head = b"HTTP/1.1 " + status + b"\r\nContent-Type: " + kind + b"\r\nContent-Length: " + told
    return head + b"\r\nConnection: close\r\n\r\n" + body


RESPONSES = {
    "500": _response(b"500 Internal Server Error", b"application/json", b'{"error": "x", "request_body": {}}'),
    "502 html": _response(b"502 Bad Gateway", b"text/html", HTML),
    "400 html": _response(b"400 Bad Request", b"text/html", HTML),
    "200 html": _response(b"200 OK", b"text/html", HTML),
    "200 list": _response(b"200 OK", b"application/json", b"[]"),
    "200 nothing": _response(b"200 OK", b"application/json", b""),
    "cut json": _response(b"200 OK", b"application/json", CUT),
    "cut body": _response(b"200 OK", b"application/json", CUT, length=5_000),
}
RESET, HANG = "reset", "hang"
FAULTS = (*RESPONSES, RESET, HANG)


class BrokenActions(socketserver.ThreadingTCPServer):
    """Listens on a free loopback port; ``fault`` is one of ``FAULTS`` and may be changed at any time."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        """On ``port``, or a free one."""
        super().__init__(("127.0.0.1", port), _Connection)
        self.fault = FAULTS[0]
        self.over = threading.Event()

    @property
    def url(self) -> str:
        """Its address as ``action_endpoint`` wants it."""
        return f"http://127.0.0.1:{self.server_address[1]}/webhook"


class _Connection(socketserver.BaseRequestHandler):
    server: BrokenActions

    def handle(self) -> None:
        """Read what comes first, then fail as told."""
        self.request.recv(65_536)
        fault = self.server.fault
        if fault == HANG:
            self.server.over.wait()
        elif fault == RESET:
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            self.request.sendall(RESPONSES[fault])
            self.request.shutdown(socket.SHUT_WR)


@contextmanager
def broken_actions(port: int = 0) -> Iterator[BrokenActions]:
    """One that runs, in a thread of its own."""
    with BrokenActions(port) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            server.shutdown()
            thread.join()
