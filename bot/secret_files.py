"""Secrets by file: ``BOT_SECRET_FILE=/run/secrets/x`` stands for ``BOT_SECRET`` with the file's content.

That is how containers are given secrets: a file shows in no process list and in no description of a container. Any
variable of the bot and of its messaging platforms may be given like that.
"""

from __future__ import annotations

import os
import re
from collections.abc import MutableMapping
from pathlib import Path

NAME = re.compile(r"((?:BOT|TELEGRAM|SLACK|TWILIO|WHATSAPP)_[A-Z0-9_]+)_FILE")


class SecretFileError(Exception):
    """Which file cannot be read, in a plain sentence."""


def read_into_environment(environment: MutableMapping[str, str] = os.environ) -> None:
    """Set each variable ``X`` for which there is an ``X_FILE``; SecretFileError if its file cannot be read or is empty.

    A variable that is set itself is left as it is.
    """
    for given in sorted(environment):
        found = NAME.fullmatch(given)
        if found is None or found[1] in environment:
            continue
        try:
            content = Path(environment[given]).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SecretFileError(f"{given}: the file cannot be read ({type(error).__name__})") from None
        if not content:
            raise SecretFileError(f"{given}: the file is empty")
        environment[found[1]] = content
