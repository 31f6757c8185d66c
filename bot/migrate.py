"""``python -m bot migrate``: bring the tables of the database to the version that this bot needs."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from bot.channels.texts import text as words
from bot.stores.database import database
from bot.stores.start import migrate, or_reason, revision


def main(argv: Sequence[str] | None = None) -> int:
    """Run all migrations that are missing; exit status 0, 1 if the database cannot be used."""
    argparse.ArgumentParser(prog="python -m bot migrate", description=words("stores.migrate_help")).parse_args(argv)
    return or_reason(_migrated)


def _migrated() -> int:
    migrate(database())
    print(words("stores.migrated", found=database().now(revision)))
    return 0
