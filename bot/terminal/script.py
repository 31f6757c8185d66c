"""``python -m bot talk < script.txt``: a written talk, for scripted testing.

Each line is a message; the first has to be "I agree" unless ``--agree`` is given. Prints the talk as plain text, or
with ``--json`` one object a line: ``{"you", "sent", "answers", "notes", "error"}``, absent keys left out; ``sent`` is
there where numbers became words. Exit status 1 if a line was refused, the bot could not be reached or gave no answer.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any

from bot import serve
from bot.channels.client import Client
from bot.channels.texts import text as words
from bot.terminal.lines import lines_of
from bot.terminal.screen import Screen
from bot.terminal.shell import gate, held, hold, opened, piped, show, tell
from bot.terminal.talking import Reply, Talking, reason


def main(argv: Sequence[str] | None = None) -> int:
    """Hold the talk of the standard input; see the module for the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bot talk", description=words("shell.help_talk"))
    serve.port_option(parser)
    parser.add_argument("--agree", action="store_true", help=words("shell.help_agree"))
    parser.add_argument("--json", action="store_true", help=words("shell.help_json"))
    options = parser.parse_args(argv)
    return held(options.port, lambda client: play(client, agreed=options.agree, as_json=options.json))


def play(client: Client, *, agreed: bool, as_json: bool) -> int:
    """Say every line of the standard input; 1 if one of them came to nothing."""
    talking = Talking(client, gate, agreed=agreed)
    if as_json:
        return hold(talking, lines_of(sys.stdin.buffer), _as_json)
    screen = Screen(sys.stdout)
    return hold(talking, opened(talking, screen, piped(screen)), lambda _line, reply: show(reply, talking, screen))


def _as_json(line: str, reply: Reply) -> int:
    said: dict[str, Any] = {
        "you": line,
        "sent": reply.sent if reply.sent != line else None,
        "answers": reply.answers,
        "notes": reply.notes,
    }
    if reply.error:
        said["error"] = {"status": reply.error.status, "code": reply.error.code, "message": reason(reply.error)}
    print(json.dumps({key: value for key, value in said.items() if value}, ensure_ascii=False), flush=True)
    return tell(reason(reply.error)) if reply.error else 0
