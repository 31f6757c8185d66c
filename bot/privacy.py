"""Keeps what people write out of the logs.

Rasa, rasa-sdk, Sanic and SQLAlchemy quote messages in log lines, exceptions and warnings. Which lines do is not
knowable from outside, so once people can write, a foreign log line keeps its place, level and kind of error and
loses its words. Our own loggers keep their words (they never hold a text); of exceptions only the kind is shown.
"""

from __future__ import annotations

import logging
import sys
import traceback
import warnings
from pathlib import Path
from types import TracebackType
from typing import Any

OWN_LOGGERS = ("bot", "actions")
START_UP = {("rasa_sdk.executor", "register_package"), ("rasa_sdk.endpoint", "run")}  # before anybody can write
FRAMES_SHOWN = 3
logger = logging.getLogger(__name__)


class Redaction(logging.Filter):
    """Takes the words out of a record in place; lets every record through."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true."""
        if (record.name, record.funcName) in START_UP:
            return True
        kind = _kind_of(record.exc_info)
        if record.name.split(".")[0] not in OWN_LOGGERS:
            record.msg = f"[words withheld] {Path(record.pathname).name}:{record.lineno} {record.funcName}"
            record.args = None
        if kind:
            record.msg, record.args = f"{record.getMessage()} | {kind}", None
        record.exc_info = record.exc_text = record.stack_info = None
        return True


def withhold() -> None:
    """From now on, redact every log record, warning and uncaught exception of this process. Idempotent."""
    if withheld():
        return
    logging.setLogRecordFactory(_RedactingFactory(logging.getLogRecordFactory()))
    warnings.showwarning = _show_warning  # type: ignore[assignment]
    sys.excepthook = _show_exception


def withheld() -> bool:
    """Whether this process redacts already."""
    return isinstance(logging.getLogRecordFactory(), _RedactingFactory)


class _RedactingFactory:
    """Makes records as before, then redacts them: whatever handlers are added later, none gets the words."""

    def __init__(self, former: Any) -> None:
        self._former = former
        self._redaction = Redaction()

    def __call__(self, *args: Any, **kwargs: Any) -> logging.LogRecord:
        record: logging.LogRecord = self._former(*args, **kwargs)
        self._redaction.filter(record)
        return record


def _kind_of(exc_info: Any) -> str:
    """Types of an exception and of its causes, with the innermost places; no message."""
    error = exc_info[1] if isinstance(exc_info, tuple) else None
    kinds: list[str] = []
    while error is not None and len(kinds) < FRAMES_SHOWN:
        frames = traceback.extract_tb(error.__traceback__)[-FRAMES_SHOWN:]
        places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
        kinds.append(f"{type(error).__name__} ({places})" if places else type(error).__name__)
        error = error.__cause__ or error.__context__
    return " from ".join(kinds)


def _show_warning(_message: Any, category: type[Warning], filename: str, lineno: int, *_: Any) -> None:
    logger.warning("%s at %s:%d", category.__name__, Path(filename).name, lineno)


def _show_exception(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    logger.critical("stopped by %s", _kind_of((kind, error, trace)))
