"""``python -m bot shell``: the same bot in the terminal, through the same channel.

Talks to the bot that runs on the port, else starts one for this talk with a data folder that is thrown away. Choices
are numbered; with a pipe instead of a person each line is a message. The talk is erased at the end. Exit status 0 after
a talk, 1 if the bot could not be started or a message got no answer.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot import serve, train
from bot.channels.cleaning import MAX_CHARACTERS
from bot.channels.client import ChannelError, Client
from bot.channels.texts import text as words
from bot.supervision import HOST, Plan, Servers
from bot.terminal.lines import BadLineError, checked, lines_of
from bot.terminal.screen import Screen
from bot.terminal.talking import Reply, Talking, reason

Lines = Iterator[str | BadLineError]

with contextlib.suppress(ImportError):
    import readline  # noqa: F401 - arrow keys and history in input()


def main(argv: Sequence[str] | None = None) -> int:
    """Talk until the input ends; see the module for the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bot shell", description=words("shell.help"))
    serve.port_option(parser)
    parser.add_argument("--agree", action="store_true", help=words("shell.help_agree"))
    options = parser.parse_args(argv)
    return held(options.port, lambda client: talk(client, agreed=options.agree))


def held(port: int, hold: Any) -> int:
    """The exit status of ``hold(client)`` with the bot on ``port`` or one started for it."""
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        with running_bot(port) as url:
            status: int = hold(Client(url))
            sys.stdout.flush()
            return status
    except serve.CannotStartError as failed:
        serve.say(str(failed))
        return 1
    except KeyboardInterrupt:
        return 0
    except BrokenPipeError:  # whoever read the talk has gone; nothing more can be told there
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


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
                if failed := watch.look():
                    raise serve.CannotStartError(failed)
                time.sleep(serve.LOOK_S)
            yield plan.url


def gate(text: str) -> dict[str, Any] | None:
    """The urgent message of a text; the word lists are loaded when they are first needed."""
    from bot.channels.gate import urgent_message

    return urgent_message(text)


def talk(client: Client, *, agreed: bool = False) -> int:
    """One conversation, lines in, answers out; 1 if a message got no answer."""
    person = sys.stdin.isatty()
    talking, screen = Talking(client, gate, agreed=agreed, careful=person), Screen(sys.stdout)
    lines = _typed(screen) if person else piped(screen)
    failed = hold(talking, opened(talking, screen, lines), lambda _line, reply: show(reply, talking, screen))
    if person:
        screen.note(words("shell.bye"))
    return failed


def hold(talking: Talking, lines: Lines, tell_of: Callable[[str, Reply], int]) -> int:
    """Hear every line and erase the talk; 1 if a line, or the erasing, came to nothing.

    ``tell_of(line, reply)`` shows what came of a line and says whether (1) that was an error.
    """
    failed, reply = 0, Reply()
    try:
        for line in lines:
            if isinstance(line, BadLineError):
                reply = Reply(error=ChannelError(400, line.code.rpartition(".")[2], sentence(line)))
            else:
                reply = talking.hear(line)
            failed = tell_of("" if isinstance(line, BadLineError) else line, reply) or failed
            if reply.ended:
                break
    finally:
        failed = _erased(talking) or failed
    if talking.held_back and not reply.ended:
        return tell(words("shell.not_agreed"))
    return failed


def opened(talking: Talking, screen: Screen, lines: Lines) -> Lines:
    """The lines, with what is said before the first."""
    for note in talking.opening():
        screen.note(note)
    screen.choices(talking.consent)
    yield from lines


def piped(screen: Screen) -> Lines:
    """The lines of the standard input, shown as if they had been typed."""
    for line in lines_of(sys.stdin.buffer):
        if isinstance(line, str):
            screen.person(line)
        yield line


def sentence(bad: BadLineError) -> str:
    """What is wrong with a line."""
    return words(bad.code, limit=MAX_CHARACTERS)


def tell(text: str) -> int:
    """Say on the standard error what went wrong; exit status 1."""
    print(text, file=sys.stderr, flush=True)
    return 1


def show(reply: Reply, talking: Talking, screen: Screen) -> int:
    """Show what came of a line; 1 if that was an error."""
    for note in reply.notes:
        screen.note(note)
    if reply.answers:
        screen.turn(reply.answers, talking.menu)
    if not talking.agreed and not reply.ended:
        screen.choices(talking.consent)
    return tell(reason(reply.error)) if reply.error else 0


def _typed(screen: Screen) -> Lines:
    sys.stdin.reconfigure(errors="surrogateescape")  # type: ignore[union-attr]
    while True:
        try:
            line = checked(input(screen.prompt))
        except EOFError:
            print()
            return
        except BadLineError as bad:
            yield bad
            continue
        if line:
            yield line


def _erased(talking: Talking) -> int:
    try:
        talking.end()
    except ChannelError as error:
        return tell(words("shell.not_erased", reason=error))
    return 0
