"""The terminal shows and sends what the page would."""

from __future__ import annotations

import io
from contextlib import contextmanager

import pytest

from bot import serve, shell
from bot.channels.client import ChannelError

CHOICES = ["Calf", "Thigh", "None of these"]
BUTTONS = [{"title": title, "payload": title} for title in CHOICES]


@pytest.mark.parametrize(
    ("line", "choices", "expected"),
    [
        ("1", CHOICES, "Calf"),
        ("1, 3", CHOICES, "Calf, None of these"),
        ("2 1", CHOICES, "Thigh, Calf"),
        ("4", CHOICES, "4"),
        ("0", CHOICES, "0"),
        ("6 weeks", CHOICES, "6 weeks"),
        ("none", CHOICES, "none"),
        ("2", [], "2"),
    ],
)
def test_chosen(line: str, choices: list[str], expected: str) -> None:
    assert shell.chosen(line, choices) == expected


def test_show_numbers_the_choices_of_the_whole_turn(capsys) -> None:
    turn = [
        {"text": "Noted.\n\nAnd now?"},
        {"text": "Which?", "buttons": BUTTONS[:2], "custom": {"type": "question", "multi": True}},
        {"custom": {"type": "answer"}},
        {"text": "Or?", "buttons": BUTTONS[2:]},
    ]
    assert shell.show(turn) == CHOICES
    told = capsys.readouterr().out
    assert [line for line in told.splitlines() if ")" in line and line.strip()[0].isdigit()] == [
        "     1) Calf",
        "     2) Thigh",
        "     3) None of these",
    ]


def test_an_urgent_answer_looks_different(capsys) -> None:
    shell.show([{"text": "Call now.", "custom": {"type": "red_flag", "level": "L1", "rule": "RF-04"}}])
    assert capsys.readouterr().out.startswith("!!!")


class FakeClient:
    def __init__(self, *, refuse: str = "") -> None:
        self.token: str | None = None
        self.said: list[str] = []
        self.erased = False
        self.refuse = refuse

    def say(self, text: str) -> list[dict]:
        self.token = "t"
        self.said.append(text)
        if text == self.refuse:
            raise ChannelError(503, "not_saved", "Not saved.")
        return [{"text": f"Heard {text}.", "buttons": BUTTONS}]

    def erase(self) -> None:
        self.erased = True


def talk(monkeypatch, lines: str, client: FakeClient) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    return shell.talk(client)


def test_a_piped_talk(monkeypatch, capsys) -> None:
    client = FakeClient()
    assert talk(monkeypatch, "my calf\n\n 1, 2 \n", client) == 0
    assert client.said == ["my calf", "Calf, Thigh"]
    assert client.erased
    assert "\x1b" not in capsys.readouterr().out


def test_a_failure_is_told_and_ends_with_status_1(monkeypatch, capsys) -> None:
    client = FakeClient(refuse="two")
    assert talk(monkeypatch, "one\ntwo\nthree\n", client) == 1
    assert client.said == ["one", "two", "three"]
    assert "Not saved." in capsys.readouterr().err


def test_nothing_said_is_no_talk(monkeypatch) -> None:
    client = FakeClient()
    assert talk(monkeypatch, "", client) == 0
    assert not client.erased


def test_a_bot_that_cannot_start_is_told(monkeypatch, capsys) -> None:
    @contextmanager
    def broken(_port: int):
        raise serve.CannotStartError("No model.")
        yield

    monkeypatch.setattr(shell, "running_bot", broken)
    assert shell.main([]) == 1
    assert "No model." in capsys.readouterr().err


def test_nothing_at_the_address_is_an_error_of_its_own() -> None:
    client = shell.Client(f"http://127.0.0.1:{serve.free_port()}")
    assert not client.healthy()
    with pytest.raises(ChannelError) as lost:
        client.say("my calf")
    assert (lost.value.status, lost.value.code) == (0, "unreachable")
