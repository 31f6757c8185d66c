"""What the terminal shows of a turn."""

from __future__ import annotations

import io
from contextlib import contextmanager

import pytest

from bot import serve
from bot.channels.menu import Menu
from bot.channels.texts import text as words
from bot.terminal import shell
from bot.terminal.screen import WIDTH, Screen

BUTTONS = [{"title": title, "payload": title} for title in ("Calf", "Thigh", "None of these")]


def shown(*answers: dict) -> str:
    out = io.StringIO()
    Screen(out).turn(list(answers), Menu.of(answers))
    return out.getvalue()


def test_the_choices_of_the_whole_turn_are_numbered():
    told = shown(
        {"text": "Noted.\n\nAnd now?"},
        {"text": "Which?", "buttons": BUTTONS[:2], "custom": {"type": "question", "multi": True}},
        {"custom": {"type": "answer"}},
        {"text": "Or?", "buttons": BUTTONS[2:]},
    )
    assert [line for line in told.splitlines() if line.strip()[:1].isdigit()] == [
        "  1) Calf", "  2) Thigh", "  3) None of these",
    ]  # fmt: skip
    assert "Bot  Noted.\n\n     And now?" in told
    assert words("menu.choose") in told


def test_progress_comes_before_the_question():
    told = shown({"text": "Which?", "custom": {"type": "question", "progress": {"step": 2, "of": 5}}})
    assert told.splitlines() == ["     Question 2 of about 5", "Bot  Which?"]


def test_an_urgent_answer_is_marked_on_every_line():
    urgent = {"text": "Call now. " * 30, "custom": {"type": "red_flag", "level": "L1", "rule": "RF-04"}}
    lines = [line for line in shown(urgent).splitlines() if line]
    assert len(lines) > 3
    assert all(line.startswith("!!!") for line in lines)


@pytest.mark.parametrize("text", ["\x1b[31mred\x1b[0m", "a\rb", "\x07bell", "\u202eturned", "a\x00b"])
def test_what_the_bot_repeats_cannot_move_the_cursor(text):
    assert not set(shown({"text": text})) & set("\x1b\r\x07\u202e\x00")


def test_markup_is_text():
    assert "[bold]not[/bold] :smile:" in shown({"text": "[bold]not[/bold] :smile:"})


def test_lines_are_no_longer_than_a_page_but_an_address_stays_whole():
    address = "https://nhs.example/" + "a" * 120
    lines = shown({"text": f"{'word ' * 60}see {address}"}).splitlines()
    assert any(line.endswith(address) for line in lines)
    assert all(len(line) <= WIDTH for line in lines if address not in line)


def test_a_bot_that_cannot_start_is_told(monkeypatch, capsys):
    @contextmanager
    def broken(_port: int):
        raise serve.CannotStartError("No model.")
        yield

    monkeypatch.setattr(shell, "running_bot", broken)
    assert shell.main([]) == 1
    assert "No model." in capsys.readouterr().err
