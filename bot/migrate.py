"""``python -m bot migrate``: bring the tables of the database to the version that this bot needs."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from bot.channels.texts import text as words
from bot.stores.database import database
from bot.stores.start import migrate, revision


def main(argv: Sequence[str] | None = None) -> int:
    """Run all migrations that are missing; exit status 0, or the error of the database."""
    argparse.ArgumentParser(prog="python -m bot migrate", description=words("stores.migrate_help")).parse_args(argv)
    migrate(database())
    print(words("stores.migrated", found=database().now(revision)))
    return 0
