"""``python -m bot understand``: what the trained model takes a text to mean, as JSON lines (interface, section 1)."""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from bot import model_file
from bot.case import reading_of
from bot.channels.cleaning import clean, without_power
from bot.parse import given_lines, good_rows
from bot.reading import Reading

MODELS = Path(__file__).resolve().parent.parent / "models"
OUT_OF_SCOPE = "out_of_scope"
STATEMENT = "statement"
QUESTION_PREFIX = "ask_"
# Intents with the prefix that are no question about vitamin D: what to ask the doctor for is a wish.
NOT_TOPICS = frozenset({"ask_my_doctor"})
# Politely declined: other subjects, other languages, orders to be something else.
DECLINED = frozenset({OUT_OF_SCOPE, "other_language", "command"})
DIGITS = 4  # of a confidence


class NoModelError(FileNotFoundError):
    """There is no trained model to ask."""


@dataclass(frozen=True)
class Understanding:
    """``topic``: a question topic of the interface, or "statement"; ``in_scope`` false: the bot declines politely."""

    intent: str
    confidence: float
    topic: str
    in_scope: bool


Parse = Callable[[str], dict[str, Any]]


def main(argv: Sequence[str] | None = None) -> int:
    """Understand one text or JSON lines; 1 when there is no model or any line could not be read, else 0."""
    lines = given_lines("understand", __doc__, argv)
    return understand_lines(lines, sys.stdout, sys.stderr)


def understand_lines(lines: Iterable[str], out: TextIO, err: TextIO, *, models: Path = MODELS) -> int:
    """Write one JSON line for each good line of ``lines``; tell of each bad one with its number."""
    try:
        parse = loaded(newest_model(models))
    except NoModelError as error:
        err.write(f"{error}\n")
        return 1
    status = 0
    for row in good_rows(lines, err):
        if row is None:
            status = 1
            continue
        meant = understood(parse(row["text"]))
        out.write(json.dumps({"id": row.get("id"), **vars(meant)}, ensure_ascii=True) + "\n")
    out.flush()
    return status


def understood(parsed: dict[str, Any]) -> Understanding:
    """What a message parsed by Rasa means.

    A text that holds a finding, an exposure or a red flag is never out of scope: what the word lists read outweighs
    the classifier's guess, and the text then counts as a statement.
    """
    intent = (parsed.get("intent") or {}).get("name") or OUT_OF_SCOPE
    confidence = round(float((parsed.get("intent") or {}).get("confidence") or 0.0), DIGITS)
    in_scope = intent not in DECLINED or tells_something(reading_of(parsed.get("entities") or ()))
    return Understanding(intent, confidence, topic_of(intent, in_scope=in_scope), in_scope)


def tells_something(reading: Reading) -> bool:
    """Whether a reading holds anything the bot is for."""
    return bool(reading.findings or reading.exposures or reading.red_flags or reading.lab_results)


def topic_of(intent: str, *, in_scope: bool = True) -> str:
    """The question topic of an intent; "statement" for what is told, answered or wished."""
    if intent in DECLINED:
        return STATEMENT if in_scope else OUT_OF_SCOPE
    if intent in NOT_TOPICS or not intent.startswith(QUESTION_PREFIX):
        return STATEMENT
    return intent.removeprefix(QUESTION_PREFIX)


def newest_model(models: Path) -> Path:
    """The model file trained last. Raises NoModelError, naming the way out, when there is none."""
    newest = model_file.newest(models)
    if newest is None:
        raise NoModelError(f"No trained model in {models.name}/. Run: make train")
    return newest


def loaded(model: Path) -> Parse:
    """``load_nlu``, with a plain NoModelError for a file that is broken, changed or was made by another version."""
    try:
        model_file.verify(model)
        return load_nlu(model)
    except model_file.UntrustedModelError as reason:
        raise NoModelError(str(reason)) from None
    except Exception as error:  # a damaged archive or a changed component can fail in any way
        kind = type(error.__cause__ or error).__name__
        raise NoModelError(f"The model {model.name} cannot be loaded ({kind}). Run: make train") from error


def load_nlu(model: Path) -> Parse:
    """The understanding half of a model, as a function from a text to Rasa's parse of it; policies are not loaded.

    The text is cleaned first, as every channel does: a leading slash has no power here either.
    """
    _quieten()
    with warnings.catch_warnings(record=True):  # Rasa's own, about its dependencies
        from rasa.core.channels.channel import UserMessage
        from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
        from rasa.engine.graph import ExecutionContext
        from rasa.engine.runner.dask import DaskGraphRunner
        from rasa.engine.storage.local_model_storage import LocalModelStorage

        # The files of the model are needed only while its components are loaded.
        with tempfile.TemporaryDirectory() as folder:
            storage, metadata = LocalModelStorage.from_model_archive(Path(folder), model)
            schema = metadata.predict_schema.minimal_graph_schema([metadata.nlu_target])
            context = ExecutionContext(graph_schema=schema, model_id=metadata.model_id)
            runner = DaskGraphRunner.create(schema, storage, context)

    def parse(text: str) -> dict[str, Any]:
        inputs = {PLACEHOLDER_MESSAGE: [UserMessage(without_power(clean(text)))], PLACEHOLDER_TRACKER: None}
        message = runner.run(inputs=inputs, targets=[metadata.nlu_target])[metadata.nlu_target][0]
        parsed: dict[str, Any] = message.as_dict(only_output_properties=True)
        return parsed

    return parse


def _quieten() -> None:
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    logging.getLogger("rasa").setLevel(logging.ERROR)


if __name__ == "__main__":
    sys.exit(main())
