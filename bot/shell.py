"""``python -m bot shell``: the same bot in the terminal, through the same channel.

Talks to the bot that runs on the port, else starts one for this talk with a data folder that is thrown away.
Choices are numbered; with a pipe instead of a person each line is a message. The talk is erased at the end.
Exit status 0 after a talk, 1 if the bot could not be started or a message got no answer.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot import serve, train
from bot.channels.client import ChannelError, Client
from bot.channels.texts import text as words
from bot.supervision import HOST, Plan, Servers

WIDTH = 88
NUMBERS = re.compile(r"\d+(?:[\s,;]+\d+)*")


def main(argv: Sequence[str] | None = None) -> int:
    """Talk until the input ends; see the module for the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bot shell", description=words("shell.help"))
    serve.port_option(parser)
    options = parser.parse_args(argv)
    try:
        with running_bot(options.port) as url:
            return talk(Client(url))
    except serve.CannotStartError as reason:
        serve.say(str(reason))
        return 1
    except KeyboardInterrupt:
        return 0


@contextmanager
def running_bot(port: int) -> Iterator[str]:
    """The address of the bot on ``port``, or of one started for this talk; CannotStartError with the reason."""
    url = f"http://{HOST}:{port}"
    if Client(url).healthy():
        yield url
        return
    serve.say(words("shell.starting", port=port))
    model = serve.model_for(train.PROJECT, may_train=True)
    with tempfile.TemporaryDirectory(prefix="talk-") as folder:
        plan = Plan(train.PROJECT, model, Path(folder), serve.free_port(), serve.free_port())
        with Servers(plan) as servers:
            watch = serve.Watch(servers, lambda line: None)
            while not watch.ready:
                if reason := watch.look():
                    raise serve.CannotStartError(reason)
                time.sleep(serve.LOOK_S)
            yield plan.url


def talk(client: Client) -> int:
    """One conversation, lines in, answers out; 1 if a message got no answer."""
    person = sys.stdin.isatty()
    failed = 0
    choices: list[str] = []
    if person:
        print(words("shell.welcome"))
    for line in _lines(person):
        try:
            answers = client.say(chosen(line, choices))
        except ChannelError as error:
            failed = 1
            reason = str(error) if error.status else words("shell.unreachable", reason=error)
            print(reason, file=sys.stderr, flush=True)
            continue
        choices = show(answers)
    return _end(client, person) or failed


def chosen(line: str, choices: Sequence[str]) -> str:
    """What a line means: numbers of the choices offered last become their payloads, all else stays as typed."""
    if not choices or not NUMBERS.fullmatch(line):
        return line
    numbers = [int(number) for number in re.findall(r"\d+", line)]
    if not all(1 <= number <= len(choices) for number in numbers):
        return line
    return ", ".join(choices[number - 1] for number in numbers)


def show(answers: Sequence[dict[str, Any]]) -> list[str]:
    """Print a turn; the payloads of its choices."""
    choices: list[str] = []
    for message in answers:
        custom = message.get("custom") or {}
        if message.get("text"):
            _print(message["text"], words_before=_before("urgent" if custom.get("type") == "red_flag" else "bot"))
        for button in message.get("buttons") or ():
            choices.append(button["payload"])
            print(f"     {len(choices)}) {button['title']}")
        if message.get("buttons"):
            print(_before("choose" if custom.get("multi") else "choose_one"))
    sys.stdout.flush()
    return choices


def _lines(person: bool) -> Iterator[str]:
    while True:
        try:
            line = (input(_before("prompt")) if person else input()).strip()
        except EOFError:
            return
        if line:
            if not person:
                print(_before("prompt") + line)
            yield line


def _end(client: Client, person: bool) -> int:
    if client.token is None:
        return 0
    try:
        client.erase()
    except ChannelError as error:
        print(words("shell.not_erased", reason=error), file=sys.stderr)
        return 1
    if person:
        print(f"\n{words('shell.bye')}")
    return 0


def _before(name: str) -> str:
    return f"{words(f'shell.{name}'):<5}" if name in ("prompt", "bot", "urgent") else f"     {words(f'shell.{name}')}"


def _print(text: str, *, words_before: str) -> None:
    for number, line in enumerate(text.splitlines() or [""]):
        before = words_before if number == 0 else " " * len(words_before)
        print(textwrap.fill(line, WIDTH, initial_indent=before, subsequent_indent=" " * 5) or "")
