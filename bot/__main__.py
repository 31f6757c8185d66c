"""``python -m bot COMMAND``: parse, understand, train, serve, worker, shell, talk, telegram, evaluate."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

from bot.secret_files import SecretFileError, read_into_environment

# A command loads only what it needs: parse must not pay for Rasa.
COMMANDS = {
    "parse": "bot.parse",
    "understand": "bot.understanding",
    "train": "bot.train",
    "serve": "bot.serve",
    "worker": "bot.worker",
    "shell": "bot.terminal.shell",
    "talk": "bot.terminal.script",
    "telegram": "bot.telegram",
    "evaluate": "bot.evaluate",
    "migrate": "bot.migrate",
    "purge": "bot.purge",
    "keys": "bot.keys",
}


def main(argv: Sequence[str]) -> int:
    """Run the command named first with the rest of the arguments; 2 for an unknown one."""
    if not argv or argv[0] not in COMMANDS:
        sys.stderr.write(f"usage: python -m bot {'|'.join(COMMANDS)} ...\n")
        return 2
    try:
        read_into_environment()
    except SecretFileError as reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    status: int = import_module(COMMANDS[argv[0]]).main(list(argv[1:]))
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
