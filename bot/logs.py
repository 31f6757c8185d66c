"""The form of the logs: one JSON object a line, with a fixed set of keys, so that nothing slips in beside them.

``{"time", "level", "logger", "event", "turn"}``, and ``"trace"`` for an error before anybody can write. What people
write is kept out by `bot.privacy`; ``BOT_LOG=plain`` gives lines for the eye instead.
"""

from __future__ import annotations

import json
import logging
import os
import re
import secrets
from contextvars import ContextVar
from datetime import datetime, timezone

from bot import privacy

FORM_VARIABLE, PLAIN = "BOT_LOG", "plain"
PLAIN_LINE = "%(asctime)s %(levelname)-8s %(name)s [%(turn)s] %(message)s"
TURN_BYTES = 6  # enough to tell the turns of a day apart
_TURN_FORM = re.compile(rf"[0-9a-f]{{{2 * TURN_BYTES}}}")
_turn: ContextVar[str | None] = ContextVar("turn", default=None)


def begin_turn() -> str:
    """Draw a turn's id; it stands in each line that this task, and those it starts, log from now on."""
    turn = secrets.token_hex(TURN_BYTES)
    _turn.set(turn)
    return turn


def join_turn(turn: object) -> None:
    """Go on with a turn that another process began; anything but an id as `begin_turn` draws it is no turn."""
    _turn.set(turn if isinstance(turn, str) and _TURN_FORM.fullmatch(turn) else None)


def current_turn() -> str | None:
    """The id of the turn that is being handled, if any."""
    return _turn.get()


class JsonLine(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line = {
            "time": datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": record.getMessage(),
            "turn": current_turn(),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


class PlainLine(logging.Formatter):
    """A record as a line for the eye."""

    def __init__(self) -> None:
        """The same for everybody."""
        super().__init__(PLAIN_LINE)

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        record.turn = current_turn() or "-"
        return super().format(record)


def formatter() -> logging.Formatter:
    """The form that ``BOT_LOG`` asks for: JSON unless it is ``plain``."""
    return PlainLine() if os.environ.get(FORM_VARIABLE) == PLAIN else JsonLine()


def take_over() -> None:
    """Give every handler of this process that form, also the one for loggers that have none. Idempotent."""
    logging.raiseExceptions = False  # a record that cannot be formatted would be printed with its arguments
    if not privacy.withheld():
        logging.captureWarnings(True)
    loggers = [logging.getLogger(), *map(logging.getLogger, logging.root.manager.loggerDict)]
    form = formatter()
    for handler in {handler for logger in loggers for handler in logger.handlers} | {logging.lastResort}:
        if handler is not None:
            handler.setFormatter(form)
