"""The web channel on a real Rasa server with its action server, over HTTP."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import urllib.parse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.channels.client import ChannelError, Client
from bot.channels.texts import text as words
from bot.supervision import Servers

pytestmark = pytest.mark.server
CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "bad_input.yml").read_text())
Until = Callable[..., None]
CANARY = "canaryinthecoalmine"
CHEST = "I have crushing chest pain and I am sweating"


def request(
    client: Client, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, dict[str, str], Any]:
    address = urllib.parse.urlsplit(client.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=20)
    try:
        connection.request(method, path, body=body, headers={k.replace("_", "-"): v for k, v in headers.items()})
        response = connection.getresponse()
        content = response.read()
    finally:
        connection.close()
    kind = response.headers.get("content-type", "")
    told = json.loads(content) if content and "json" in kind else content.decode()
    return response.status, {k.lower(): v for k, v in response.headers.items()}, told


def body_of(case: dict) -> bytes:
    if "hex" in case:
        return bytes.fromhex(case["hex"])
    if "bomb" in case:
        return gzip.compress(bytes(case["bomb"]))
    if "body" in case:
        body = case["body"] * case.get("times", 1)
        return body.replace("_", "_" * (case.get("padded", 64) // 64)).encode()
    message = case["text"] * case.get("times", 1)
    encoded = json.dumps({"message": message})
    return (encoded.replace("SURROGATE", r"\ud83d") if case.get("surrogate") else encoded).encode()


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_bad_input(servers: Servers, client: Client, case: dict) -> None:
    before = servers.parts()
    headers = {"Authorization": f"Bearer {client.start()}", **({"Content_Encoding": "gzip"} if "bomb" in case else {})}
    status, _, told = request(client, "POST", "/webhooks/web/message", body_of(case), **headers)
    assert servers.parts() == before
    if not case.get("answer"):
        assert (status, told["error"]) == (case["status"], case["error"])
        assert told["message"].endswith(".")
        return
    assert status == 200
    assert told
    assert all(message.get("text") for message in told)
    if "says" in case:
        assert told == [{"text": words(case["says"])}]
    assert client.healthy()


def test_health_says_whether_a_model_is_loaded(client: Client) -> None:
    assert request(client, "GET", "/health")[2] == {"status": "ok", "model": True}


def test_a_talk(client: Client) -> None:
    assert client.say("hello") == [
        {
            "text": "Hello.\n\nWhat is it?",
            "buttons": [
                {"title": "Calf", "payload": "Calf"},
                {"title": "None of these", "payload": "None of these"},
            ],
            "custom": {"type": "question", "slot": "location", "multi": True, "options": ["Calf", "None of these"]},
        }
    ]
    assert client.say("act now") == [{"text": "Done: act now", "custom": {"type": "answer"}}]
    assert [turn["message"] for turn in client.turns()] == ["hello", "act now"]
    assert client.turns()[1]["answers"] == [{"text": "Done: act now", "custom": {"type": "answer"}}]


def test_a_typed_command_has_no_power(client: Client) -> None:
    client.say("act now")
    told = client.say('/act{"x": "y"}')
    assert "Done: /act" not in json.dumps(told)
    client.say("/session_start")
    assert len(client.turns()) == 3


def test_the_same_id_counts_once_also_at_the_same_time(client: Client) -> None:
    client.start()
    answers: list[Any] = []
    threads = [threading.Thread(target=lambda: answers.append(client.say("act now", "one"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [[{"text": "Done: act now", "custom": {"type": "answer"}}]] * 4
    assert len(client.turns()) == 1
    assert client.erase()["messages"] == 1


def test_a_request_that_a_proxy_sends_twice_counts_once(client: Client) -> None:
    headers = {"Authorization": f"Bearer {client.start()}", "X_Request_ID": "0123456789abcdef0123456789abcdef"}
    answers = [request(client, "POST", "/webhooks/web/message", b'{"message": "act now"}', **headers)[2] for _ in "12"]
    assert answers == [[{"text": "Done: act now", "custom": {"type": "answer"}}]] * 2
    assert len(client.turns()) == 1


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer x", "Basic eDp5", "FORGED"])
def test_nobody_gets_in_without_the_token(client: Client, method: str, header: str | None) -> None:
    token = client.start()
    client.say("hello")
    forged = token[:-4] + ("0000" if not token.endswith("0000") else "1111")
    headers = {} if header is None else {"Authorization": f"Bearer {forged}" if header == "FORGED" else header}
    status, _, told = request(client, method, "/webhooks/web/conversation", **headers)
    assert (status, told["error"]) == (401, "no_token")
    status, _, told = request(client, "POST", "/webhooks/web/message", b'{"message": "hello"}', **headers)
    assert status == 401
    assert len(client.turns()) == 1


@pytest.mark.parametrize("path", ["export", "summary"])
@pytest.mark.parametrize("header", [None, "Bearer x", "FORGED"])
def test_nobody_takes_away_what_is_not_theirs(client: Client, path: str, header: str | None) -> None:
    token = client.start()
    client.say("hello")
    forged = token[:-4] + ("0000" if not token.endswith("0000") else "1111")
    headers = {} if header is None else {"Authorization": f"Bearer {forged}" if header == "FORGED" else header}
    status, _, told = request(client, "GET", f"/webhooks/web/{path}", **headers)
    assert (status, told["error"]) == (401, "no_token")


def test_the_owner_gets_everything_that_is_kept(client: Client) -> None:
    token = client.start()
    client.say(f"hello {CANARY}")
    client.say("act now")
    status, _, told = request(client, "GET", "/webhooks/web/export", Authorization=f"Bearer {token}")
    assert (status, told["kept_days"]) == (200, 30)
    assert told["messages"] == client.turns()
    said = [event["text"] for event in told["events"] if event["event"] == "user"]
    assert said == [f"hello {CANARY}", "act now"]
    assert [event["text"] for event in told["events"] if event["event"] == "bot"][-1] == "Done: act now"
    erased = client.erase()
    assert erased["events"] == len(told["events"])
    _, _, told = request(client, "GET", "/webhooks/web/export", Authorization=f"Bearer {token}")
    assert (told["messages"], told["events"]) == ([], [])


def test_conversations_do_not_mix(servers: Servers, client: Client) -> None:
    other = Client(servers.plan.url)
    client.say(f"hello {CANARY}")
    other.say("hello")
    assert CANARY not in json.dumps(other.turns())


def test_erasing_leaves_no_trace(servers: Servers, client: Client) -> None:
    word = f"{CANARY}erased"
    client.say(f"hello {word}")
    client.say(f"act now {word}")
    erased = client.erase()
    assert erased["erased"] is True
    assert erased["message"] == words("notices.erased")
    assert client.turns() == []
    files = [path for path in servers.plan.folder.rglob("*") if path.is_file()]
    assert (servers.plan.folder / "conversations.db") in files
    assert [path.name for path in files if word.encode() in path.read_bytes()] == []


def test_too_many(client: Client) -> None:
    client.start()
    with pytest.raises(ChannelError) as refused:
        flood(client)
    assert refused.value.status == 429
    assert refused.value.retry_after == 1


def flood(client: Client) -> None:
    """Messages as quick as can be: each is counted, and refused before anything is done."""
    for _ in range(400):
        try:
            client.say("")
        except ChannelError as error:
            if error.code != "empty":
                raise


@pytest.fixture(scope="session")
def built() -> None:
    done = subprocess.run(
        [sys.executable, "web/build.py"], cwd=Path(__file__).parents[2], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/vitamin-d-chat.js", 200),
        ("GET", "/page.css", 200),
        ("GET", "/favicon.svg", 200),
        ("GET", "/health", 200),
        ("POST", "/", 405),
        ("GET", "/webhooks/web/message", 405),
        ("GET", "/webhooks/web/", 404),
        ("GET", "/webhooks/rest/", 404),
        ("POST", "/webhooks/rest/webhook", 404),
        ("GET", "/socket.io/", 404),
        ("GET", "/version", 404),
        ("GET", "/status", 404),
        ("GET", "/domain", 404),
        ("GET", "/conversations/x/tracker", 404),
        ("PUT", "/model", 404),
        ("POST", "/model/parse", 404),
        ("GET", "/index.html", 404),
        ("GET", "/vitamin-d-chat.js/../../src/index.ts", 404),
        ("GET", "/%2e%2e/web.py", 404),
    ],
)
def test_nothing_else_is_open(client: Client, method: str, path: str, status: int) -> None:
    found, headers, told = request(client, method, path, Origin="https://elsewhere.example")
    assert found == status
    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in headers
    assert "Rasa" not in str(told)
    if status >= 400:
        assert set(told) == {"error", "message"}


@pytest.mark.usefixtures("built")
def test_the_page_comes_compressed_to_those_who_can_read_it(client: Client) -> None:
    _, plain_headers, plain = request(client, "GET", "/vitamin-d-chat.js")
    address = urllib.parse.urlsplit(client.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=20)
    connection.request("GET", "/vitamin-d-chat.js", headers={"Accept-Encoding": "gzip, br"})
    response = connection.getresponse()
    content = response.read()
    connection.close()
    assert response.headers["content-encoding"] == "gzip"
    assert gzip.decompress(content).decode() == plain
    assert "content-encoding" not in plain_headers
    assert "Accept-Encoding" in plain_headers["vary"]


CLINIC = "https://clinic.example"  # tiny/credentials.yml


@pytest.mark.usefixtures("built")
def test_a_named_site_may_embed_the_chat_and_no_other(client: Client) -> None:
    for method, path in (("GET", "/vitamin-d-chat.js"), ("POST", "/webhooks/web/session")):
        _, welcome, _ = request(client, method, path, Origin=CLINIC)
        assert welcome["access-control-allow-origin"] == CLINIC
        assert welcome["cross-origin-resource-policy"] == "cross-origin"
        assert "access-control-allow-credentials" not in welcome
        for other in ("https://elsewhere.example", CLINIC + ".evil.example", "null"):
            _, headers, _ = request(client, method, path, Origin=other)
            assert "access-control-allow-origin" not in headers
            assert headers["cross-origin-resource-policy"] == "same-origin"


def test_a_browser_asking_before_it_sends_is_answered_for_a_named_site_only(client: Client) -> None:
    asking = {"Access_Control_Request_Method": "POST", "Access_Control_Request_Headers": "authorization,content-type"}
    status, headers, _ = request(client, "OPTIONS", "/webhooks/web/message", Origin=CLINIC, **asking)
    assert status == 200
    assert headers["access-control-allow-origin"] == CLINIC
    assert "DELETE" in headers["access-control-allow-methods"]
    assert {"Authorization", "Content-Type"} == set(headers["access-control-allow-headers"].split(", "))
    _, headers, _ = request(client, "OPTIONS", "/webhooks/web/message", Origin="https://elsewhere.example", **asking)
    assert "access-control-allow-origin" not in headers


def test_an_error_is_readable_for_a_named_site(client: Client) -> None:
    status, headers, told = request(client, "POST", "/webhooks/web/message", b"{}", Origin=CLINIC)
    assert (status, told["error"], headers["access-control-allow-origin"]) == (401, "no_token", CLINIC)


def test_an_urgent_message_gets_one_urgent_answer_first(client: Client) -> None:
    told = client.say(CHEST)
    assert [message["custom"]["type"] for message in told if "custom" in message] == ["red_flag"]
    assert told[0]["custom"]["level"] in ("L0", "L1", "L2", "L3")
    assert told[0]["text"]
    assert client.turns()[0]["answers"] == told


def test_a_failing_action_is_apologised_for(client: Client) -> None:
    assert client.say("please fail") == [{"text": words("answers.nothing_said")}]
    assert client.say("act now")[0]["text"] == "Done: act now"


def test_a_slow_turn_is_told_and_its_answer_kept(client: Client, until: Until) -> None:
    assert client.say("slow now", "slow") == [{"text": words("answers.slow")}]
    until(lambda: client.turns()[0]["answers"], seconds=20)
    assert client.say("slow now", "slow") == [{"text": "Late, but here."}]
    assert len(client.turns()) == 1


@pytest.mark.usefixtures("actions_down")
def test_with_the_action_server_down_nothing_is_lost_and_the_urgent_is_answered(client: Client) -> None:
    client.say("hello")
    assert client.say("act now") == [{"text": words("answers.nothing_said")}]
    assert client.say(CHEST)[0]["custom"]["type"] == "red_flag"
    assert [turn["message"] for turn in client.turns()] == ["hello", "act now", CHEST]


def test_logs_hold_no_words_of_people(servers: Servers, client: Client, until: Until) -> None:
    for text in ("hello", "please fail", "act now", "/restart", '/greet{"a": 1} b', "/(", CHEST, "slow now"):
        client.say(f"{text} {CANARY}")
    request(client, "POST", f"/webhooks/web/message?{CANARY}", CANARY.encode(), Authorization=CANARY)
    until(lambda: client.turns()[-1]["answers"], seconds=20)
    logs = {path.name: path.read_bytes() for path in servers.plan.logs.iterdir()}
    assert {"bot.log", "actions.log"} <= set(logs)
    assert b"ValueError" in logs["actions.log"], "the failing action is told"
    assert [name for name, content in logs.items() if CANARY.encode() in content] == []


def test_zz_a_killed_bot_comes_back_and_remembers(servers: Servers, client: Client, until: Until) -> None:
    first = client.say("act now", "before")
    pid = servers.parts()["bot"].pid
    os.kill(pid, signal.SIGKILL)
    until(lambda: servers.parts()["bot"].pid not in (0, pid) and servers.healthy("bot"), seconds=240)
    assert client.say("act now", "before") == first
    assert len(client.turns()) == 1
    assert client.say("act now", "after") == first
