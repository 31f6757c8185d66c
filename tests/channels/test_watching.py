"""What an operator sees of a real server: health, readiness, figures, logs; and how it treats slow clients."""

from __future__ import annotations

import json
import socket
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.channels.client import ChannelError, Client
from bot.channels.slow_clients import Waits
from bot.supervision import Servers

pytestmark = pytest.mark.server
CANARY = "canaryinthecoalmine"
CHEST = "I have crushing chest pain and I am sweating"
SLOW_CLIENTS = 300


def seen(client: Client, path: str, **headers: str) -> tuple[int, str]:
    request = urllib.request.Request(client.url + path, headers={k.replace("_", "-"): v for k, v in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def figures(client: Client) -> dict[tuple[str, ...], float]:
    status, told = seen(client, "/metrics")
    assert status == 200
    samples = [sample for family in text_string_to_metric_families(told) for sample in family.samples]
    return {(sample.name, *sample.labels.values()): sample.value for sample in samples}


def test_ready_names_each_part(client: Client) -> None:
    status, told = seen(client, "/ready")
    assert (status, json.loads(told)) == (
        200,
        {"ready": True, "parts": dict.fromkeys(("store", "lock", "actions", "model"), "ok")},
    )


@pytest.mark.usefixtures("actions_down")
def test_without_the_action_server_it_is_alive_and_not_ready(client: Client, until: Callable[..., None]) -> None:
    until(lambda: seen(client, "/ready")[0] == 503, seconds=5)
    parts = json.loads(seen(client, "/ready")[1])["parts"]
    assert parts == {"store": "ok", "lock": "ok", "actions": "failed", "model": "ok"}
    assert seen(client, "/health")[0] == 200


def test_figures_count_what_happens(client: Client) -> None:
    before = figures(client)
    client.say(f"hello {CANARY}", "one")
    client.say("please fail")
    (message,) = client.say(CHEST)
    with pytest.raises(ChannelError):
        client.say("")
    after = figures(client)
    rule = ("bot_red_flag_answers_total", message["custom"]["level"], message["custom"]["rule"])
    grown = {key: after[key] - before.get(key, 0) for key in after}
    assert grown["bot_turns_total",] == grown["bot_turn_seconds_count",] == 3
    assert grown[rule] == 1
    assert grown["bot_unanswered_total", "nothing_said"] == 1
    assert grown["bot_refused_total", "empty"] == 1
    assert after["process_resident_memory_bytes",] > 0
    assert CANARY not in str(after)
    assert client.token is not None
    assert client.token.split(".")[1] not in str(after)


@pytest.mark.parametrize("header", ["X_Forwarded_For", "X_Real_IP", "Forwarded", "Via"])
def test_figures_are_not_for_those_who_come_through_a_proxy(client: Client, header: str) -> None:
    status, told = seen(client, "/metrics", **{header: "192.0.2.7"})
    assert (status, json.loads(told)["error"]) == (404, "not_found")


def test_each_line_of_the_logs_is_json_and_a_turn_can_be_told_apart(servers: Servers, client: Client) -> None:
    client.say(f"please fail {CANARY}")
    lines = {part: since_start(servers, part) for part in ("bot", "actions")}
    told = {part: [json.loads(line) for line in lines[part]] for part in lines}
    assert all({"time", "level", "logger", "event", "turn"} <= set(line) for part in told for line in told[part])
    assert {line["turn"] for line in told["bot"] if line["logger"] == "rasa.core.processor"} - {None}
    assert CANARY not in "".join(lines["bot"] + lines["actions"])


def since_start(servers: Servers, part: str) -> list[str]:
    """A log from where the part began to serve: what libraries say while they are loaded comes before."""
    lines = servers.plan.log(part).read_text().splitlines()
    return lines[max(number for number, line in enumerate(lines) if '"event": "Starting' in line) :]


def connected(client: Client) -> socket.socket:
    address = urllib.parse.urlsplit(client.url)
    return socket.create_connection((address.hostname or "", address.port or 0), timeout=Waits.request + 4)


HEADS = {
    "no byte": b"",
    "half a head": b"POST /webhooks/web/message HTTP/1.1\r\nHost: x\r\n",
    "a head without its body": b"POST /webhooks/web/message HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{",
    "an unknown address": b"POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{",
    "one whole request": b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n",
}


def test_slow_clients_are_closed_and_others_are_served(servers: Servers, client: Client) -> None:
    """Each sends a beginning at once and then a byte now and again."""
    slow = [(connected(client), HEADS[name]) for name in HEADS for _ in range(SLOW_CLIENTS // len(HEADS))]
    for connection, head in slow:
        connection.sendall(head)
    served = 0
    waiting = [connection for connection, _ in slow]
    for _ in range(40):
        served += seen(client, "/health")[0] == 200
        waiting = [connection for connection in waiting if still_open(connection)]
        if not waiting:
            break
        time.sleep(0.5)
    for connection, _ in slow:
        connection.close()
    assert waiting == []
    assert served > 0
    assert client.say("hello")


def still_open(connection: socket.socket) -> bool:
    """Send a byte, and see whether the other end has closed."""
    connection.setblocking(False)
    try:
        connection.send(b"x")
        while data := connection.recv(4096):
            assert data
        return False
    except BlockingIOError:
        return True
    except OSError:
        return False


def test_a_connection_is_held_no_longer_than_promised() -> None:
    assert Waits.request <= 10
    assert Waits.keep_alive + Waits.request <= 12
