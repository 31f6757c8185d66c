"""Nothing of Rasa's own HTTP interface answers: every route that Rasa and its stock channels can register is tried.

The table is drawn from Rasa itself, so a route that another version adds is tried too.
"""

from __future__ import annotations

import http.client
import re
import urllib.parse
from collections.abc import Iterator

import pytest
from rasa import server
from rasa.core.channels import BUILTIN_CHANNELS

from bot.channels.client import Client

pytestmark = pytest.mark.server

MANAGEMENT = {"/version", "/status", "/conversations/{}/tracker", "/model/train", "/model/parse", "/model", "/domain"}
# What the web channel answers for itself, with its own page and its own health.
OURS = {"/"}
BESIDE = (
    "/docs", "/openapi.json", "/metrics/", "/socket.io/", "/actions", "/webhook", "/.env", "/models/", "/static/x",
    "/webhooks", "/webhooks/", "/webhooks/rest", "/webhooks/rest/webhook", "/webhooks/web/../../status", "//status",
)  # fmt: skip


def management_routes() -> Iterator[tuple[str, str]]:
    """Method and path of every route of Rasa's server with its API switched on, parameters filled in."""
    app = server.create_app(agent=None)
    for route in app.router.routes:
        path = "/" + re.sub(r"<[^>]*>", "x", route.path)
        yield from ((method, path) for method in sorted(route.methods) if path not in OURS)


def channel_routes() -> Iterator[tuple[str, str]]:
    """Method and path of every webhook of Rasa's stock channels, as its names and handlers are in the source."""
    for channel in BUILTIN_CHANNELS:
        for end in ("", "/", "/webhook", "/webhook/x", "/set_webhook", "/call/status"):
            yield from ((method, f"/webhooks/{channel}{end}") for method in ("GET", "POST"))


ROUTES = sorted({*management_routes(), *channel_routes(), *(("GET", path) for path in BESIDE)})


def status(client: Client, method: str, path: str) -> int:
    address = urllib.parse.urlsplit(client.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=20)
    try:
        connection.request(method, path, body=b"{}" if method not in ("GET", "HEAD") else None)
        return connection.getresponse().status
    finally:
        connection.close()


def test_the_table_holds_rasas_interface() -> None:
    paths = {path.replace("/x/", "/{}/") for _method, path in ROUTES}
    assert paths >= MANAGEMENT


@pytest.mark.parametrize(("method", "path"), ROUTES, ids=[" ".join(route) for route in ROUTES])
def test_it_is_closed(client: Client, method: str, path: str) -> None:
    assert status(client, method, path) == 404
