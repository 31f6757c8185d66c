"""`python -m bot understand`: from Rasa's parse to what is meant, and what it says when it cannot."""

from __future__ import annotations

import io
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.case import to_entities
from bot.clinical import read
from bot.model_file import record
from bot.understanding import NoModelError, load_nlu, newest_model, understand_lines, understood

ROOT = Path(__file__).parents[2]
SMALL = {
    "greet": ["hello", "hi there", "good morning", "hey"],
    "inform": ["my calf twitches", "numb feet for two weeks", "cramps at night", "my bones ache"],
    "ask_dose": ["how much vitamin d should i take", "how many units a day", "what dose of vitamin d", "how much d3"],
    "out_of_scope": ["play some jazz", "what is the weather", "book a flight", "who won the match"],
}


def parsed(intent: str | None, text: str = "") -> dict[str, Any]:
    return {"intent": {"name": intent, "confidence": 0.87654321}, "entities": to_entities(read(text))}


@pytest.mark.parametrize(
    ("intent", "text", "topic", "in_scope"),
    [
        ("ask_test", "should I get tested", "test", True),
        ("ask_too_much", "can I take too much", "too_much", True),
        ("ask_my_doctor", "what do I ask for", "statement", True),
        ("inform", "my calf twitches", "statement", True),
        ("greet", "hello", "statement", True),
        ("out_of_scope", "play some jazz", "out_of_scope", False),
        ("out_of_scope", "play some jazz, my calf twitches", "statement", True),
        ("out_of_scope", "I am vegan", "statement", True),
        (None, "", "out_of_scope", False),
    ],
)
def test_parse_means(intent: str | None, text: str, topic: str, in_scope: bool) -> None:
    meant = understood(parsed(intent, text))
    assert (meant.topic, meant.in_scope) == (topic, in_scope)
    assert meant.confidence == 0.8765


def test_newest_model_is_taken(tmp_path: Path) -> None:
    for age, name in enumerate(("new", "old")):
        (tmp_path / f"{name}.tar.gz").touch()
        record(tmp_path / f"{name}.tar.gz")
        os.utime(tmp_path / f"{name}.tar.gz", (1_000_000 - age, 1_000_000 - age))
    assert newest_model(tmp_path).name == "new.tar.gz"


def test_missing_model_names_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(NoModelError, match="make train"):
        newest_model(tmp_path / "nowhere")
    out, err = io.StringIO(), io.StringIO()
    assert understand_lines(['{"id": "1", "text": "hello"}'], out, err, models=tmp_path) == 1
    assert out.getvalue() == ""
    assert "make train" in err.getvalue()


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model with the project's own pipeline."""
    from rasa.model_training import train_nlu

    folder = tmp_path_factory.mktemp("understanding")
    nlu = [{"intent": intent, "examples": "".join(f"- {t}\n" for t in texts)} for intent, texts in SMALL.items()]
    (folder / "nlu.yml").write_text(yaml.safe_dump({"version": "3.1", "nlu": nlu}), encoding="utf-8")
    shutil.copy(ROOT / "config.yml", folder)
    trained = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder / "models"))
    record(Path(str(trained)))
    return folder / "models"


def test_good_lines_are_answered_and_bad_ones_told(models: Path) -> None:
    out, err = io.StringIO(), io.StringIO()
    lines = ['{"id": "a", "text": "hello"}', "{", '{"id": "b"}', '{"id": 7, "text": "how much vitamin d"}']
    assert understand_lines(lines, out, err, models=models) == 1
    first, second = map(json.loads, out.getvalue().splitlines())
    assert (first["id"], first["intent"], first["topic"], first["in_scope"]) == ("a", "greet", "statement", True)
    assert (second["id"], second["intent"], second["topic"]) == (7, "ask_dose", "dose")
    assert [line.split(":")[0] for line in err.getvalue().splitlines()] == ["line 2", "line 3"]


def test_loaded_model_needs_its_archive_no_more(models: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copy(newest_model(models), tmp_path))
    parse = load_nlu(copy)
    copy.unlink()
    values = {entity["value"] for entity in parse("my calf twitches")["entities"]}
    assert "muscle_twitching" in values


@pytest.mark.parametrize("text", ["/restart", "🙂", "\x00", "\ud800", "<b>hi</b>", "не понимаю", "x" * 2001])
def test_odd_text_gets_an_intent(models: Path, text: str) -> None:
    out, err = io.StringIO(), io.StringIO()
    assert understand_lines([json.dumps({"id": "1", "text": text})], out, err, models=models) == 0, err.getvalue()
    assert json.loads(out.getvalue())["intent"] in SMALL


def test_a_broken_model_names_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "broken.tar.gz").write_bytes(b"no archive")
    record(tmp_path / "broken.tar.gz")
    err = io.StringIO()
    assert understand_lines(['{"id": "a", "text": "hello"}'], io.StringIO(), err, models=tmp_path) == 1
    assert "broken.tar.gz cannot be loaded" in err.getvalue()
    assert "make train" in err.getvalue()
