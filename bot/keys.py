"""``python -m bot keys rotate|forget``: renew the master key that locks the conversations' keys.

``rotate`` puts a new master key in front of the others and wraps every data key anew, while the bot runs; ``forget``
throws the older ones away. With ``$BOT_MASTER_KEY`` the operator puts the new key in front and takes the old away.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from bot.channels.texts import text as words
from bot.stores.data_keys import rewrap
from bot.stores.database import Database, database
from bot.stores.sealing import MASTER_VARIABLE, new_key, read_masters, write_masters
from bot.stores.start import or_reason


def main(argv: Sequence[str] | None = None) -> int:
    """Do it; exit status 0, 1 if the database cannot be used, 2 if the new key has to come from the environment."""
    parser = argparse.ArgumentParser(prog="python -m bot keys", description=words("stores.keys_help"))
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("rotate", help=words("stores.keys_rotate"))
    commands.add_parser("forget", help=words("stores.keys_forget"))
    command = parser.parse_args(argv).command
    given = os.environ.get(MASTER_VARIABLE)
    if given and (command == "forget" or len(database().keyring.ids) == 1):
        print(words("stores.keys_from_environment"), file=sys.stderr)
        return 2
    return or_reason(lambda: _rotate(new=not given) if command == "rotate" else _forget())


def _rotate(*, new: bool) -> int:
    kept = database()
    if new:
        write_masters([new_key(), *read_masters()])
    print(words("stores.keys_rotated", count=_rewrap_all(kept)))
    return 0


def _forget() -> int:
    kept = database()
    _rewrap_all(kept)  # those that a running bot has made with the old one meanwhile
    newest, *older = read_masters()
    write_masters([newest])
    print(words("stores.keys_forgotten", count=len(older)))
    return 0


def _rewrap_all(kept: Database) -> int:
    count = 0
    while done := kept.now(rewrap, kept.keyring):
        count += done
    return count
