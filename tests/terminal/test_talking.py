"""One talk: consent, commands, numbers and what goes wrong, against a small server that speaks the web channel."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from bot.channels.client import Client
from bot.channels.texts import text as words
from bot.terminal.shell import hold
from bot.terminal.talking import Talking, reason

URGENT = {"text": "Call 999.", "custom": {"type": "red_flag", "level": "L1", "rule": "RF-04"}}
QUESTION = {
    "text": "Which?",
    "buttons": [{"title": name, "payload": name} for name in ("sun", "skin", "none of these")],
    "custom": {"type": "question", "multi": True, "exclusive": ["none of these"], "progress": {"step": 1, "of": 3}},
}


class Channel(HTTPServer):
    """Answers every message with a question; ``refusals`` are (status, error, Retry-After) for the next ones."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.heard: list[str] = []
        self.calls: list[str] = []
        self.refusals: list[tuple[int, str, str]] = []
        self.silent = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Channel

    def _answer(self, status: int, body: object, wait: str = "") -> None:
        self.send_response(status)
        if wait:
            self.send_header("Retry-After", wait)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def _call(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        what = f"{self.command} {self.path.rpartition('/')[2]}"
        self.server.calls.append(what)
        if what == "POST session":
            self._answer(200, {"token": "t"})
        elif self.server.refusals:
            status, code, wait = self.server.refusals.pop(0)
            self._answer(status, {"error": code, "message": f"Sorry: {code}."}, wait)
        elif what == "POST message":
            self.server.heard.append(json.loads(body)["message"])
            self._answer(200, [] if self.server.silent else [QUESTION])
        elif what == "GET summary":
            self._answer(200, {"type": "summary", "text": "The summary."})
        else:
            self._answer(200, {"erased": True})

    do_GET = do_POST = do_DELETE = _call  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def channel() -> Iterator[Channel]:
    server = Channel()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def waited() -> list[float]:
    return []


@pytest.fixture
def talking(channel, waited) -> Talking:
    return Talking(Client(channel.url), lambda text: URGENT if "chest" in text else None, wait=waited.append)


def agreed(talking: Talking) -> Talking:
    talking.hear("I agree")
    return talking


def test_nothing_goes_out_before_consent_and_what_was_written_is_said_after_it(talking, channel):
    assert talking.opening() == [words("shell.consent")]
    assert talking.hear("my calf twitches").notes == [words("shell.consent_first")]
    assert channel.calls == []
    reply = talking.hear("1")
    assert (reply.sent, channel.heard) == ("my calf twitches", ["my calf twitches"])
    assert talking.consent == ()


def test_an_emergency_is_answered_before_consent_and_without_a_call(talking, channel):
    reply = talking.hear("crushing chest pain")
    assert reply.answers == [URGENT]
    assert channel.calls == []


@pytest.mark.parametrize("line", ["2", "No, thank you", "no", "I don't agree"])
def test_who_does_not_agree_leaves_no_trace(talking, channel, line):
    talking.hear("my calf twitches")
    reply = talking.hear(line)
    assert (reply.ended, reply.notes) == (True, [words("shell.declined")])
    talking.end()
    assert channel.calls == []


@pytest.mark.parametrize("line", ["1", "I agree", "i agree, start the chat", "Yes", "OK"])
def test_agreeing(talking, line):
    assert talking.hear(line).notes == [words("shell.welcome")]
    assert talking.agreed


def test_numbers_become_words_and_wrong_ones_are_not_sent(talking, channel):
    agreed(talking).hear("tired")
    assert talking.hear("1, 2").sent == "sun, skin"
    wrong = talking.hear("1, 3")
    assert (wrong.sent, reason(wrong.error)) == (None, words("menu.goes_alone", title="none of these"))
    assert channel.heard == ["tired", "sun, skin"]


def test_too_much_at_once_is_waited_for(talking, channel, waited):
    agreed(talking)
    channel.refusals = [(429, "too_many", "2"), (429, "too_many", "")]
    reply = talking.hear("tired")
    assert (reply.error, reply.answers, waited) == (None, [QUESTION], [2, 1])


def test_what_is_refused_is_an_error_and_the_talk_goes_on(talking, channel):
    agreed(talking)
    channel.refusals = [(503, "not_saved", "")]
    assert reason(talking.hear("tired").error) == "Sorry: not_saved."
    assert talking.hear("tired").answers == [QUESTION]


def test_no_answer_is_an_error(talking, channel):
    channel.silent = True
    assert agreed(talking).hear("tired").error.code == "no_answer"


def test_an_emergency_is_answered_when_the_bot_cannot_be_reached(waited):
    lost = Talking(Client("http://127.0.0.1:9"), lambda _: URGENT, agreed=True, wait=waited.append)
    reply = lost.hear("crushing chest pain")
    assert reply.answers == [URGENT]
    assert "does not answer" in reason(reply.error)


def test_commands(talking, channel):
    agreed(talking)
    assert talking.hear("summary").notes == [words("errors.nothing_told")]
    talking.hear("tired")
    assert talking.hear("/Summary").notes == ["The summary."]
    assert talking.hear("help").notes == [words("shell.commands")]
    assert talking.hear("delete").notes == [words("notices.erased")]
    assert "DELETE conversation" in channel.calls
    assert talking.hear("quit").ended
    assert channel.heard == ["tired"]


def test_a_person_is_asked_before_all_is_erased(talking, channel):
    agreed(talking).careful = True
    talking.hear("tired")
    assert talking.hear("delete").notes == [words("shell.sure")]
    assert talking.hear("oh no").notes == [words("shell.not_deleted")]
    assert "DELETE conversation" not in channel.calls
    talking.hear("delete")
    assert talking.hear("delete").notes == [words("notices.erased")]


def test_nothing_said_is_no_talk(talking, channel):
    assert hold(talking, iter([]), lambda *_: 1) == 0
    assert channel.calls == []


def test_one_failed_line_makes_the_talk_a_failure_and_the_rest_is_said(talking, channel):
    agreed(talking)
    channel.refusals = [(503, "not_saved", "")]
    assert hold(talking, iter(["one", "two"]), lambda _, reply: int(reply.error is not None)) == 1
    assert channel.heard == ["two"]
    assert channel.calls[-1] == "DELETE conversation"


def test_an_erasing_that_failed_is_told(talking, channel):
    agreed(talking).hear("tired")
    channel.refusals = [(503, "not_erased", "")]
    assert reason(talking.hear("delete").error) == "Sorry: not_erased."
    assert talking.client.token == "t"
