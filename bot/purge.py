"""``python -m bot purge``: delete what is older than it may be. A running bot does it every hour by itself."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import asdict

from bot.channels.texts import text as words
from bot.stores.database import database
from bot.stores.retention import Retention
from bot.stores.start import or_reason


def main(argv: Sequence[str] | None = None) -> int:
    """Purge once and say how much there was; exit status 0, 1 if the database cannot be used."""
    argparse.ArgumentParser(prog="python -m bot purge", description=words("stores.purge_help")).parse_args(argv)
    return or_reason(_purged)


def _purged() -> int:
    print(words("stores.purged", **asdict(asyncio.run(Retention(database()).purge()))))
    return 0
