"""The extractor says what the clinical ring reads, created or loaded, and its word lists travel with the model."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.engine.training.fingerprinting import calculate_fingerprint_key
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.case import reading_of
from bot.clinical import LexiconError, read
from bot.nlu.clinical_entity_extractor import ClinicalEntityExtractor
from bot.nlu.word_lists import READING

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "entities.yml").read_text(encoding="utf-8")
)
Make = Callable[..., Any]


def short(entity: dict[str, Any]) -> str:
    return " ".join(str(part) for part in (entity["entity"], entity["value"], entity.get("role")) if part is not None)


def entities(extractor: Any, text: str) -> list[dict[str, Any]]:
    return list(extractor.process([Message({TEXT: text})])[0].get(ENTITIES))


@pytest.fixture(scope="module", params=["created", "loaded"])
def extractor(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    storage = LocalModelStorage.create(tmp_path_factory.mktemp("model"))
    context = ExecutionContext(GraphSchema({}), node_name="extractor")
    parts = (ClinicalEntityExtractor.get_default_config(), storage, Resource("extractor"), context)
    component = ClinicalEntityExtractor.create(*parts)
    component.train(TrainingData())
    return component if request.param == "created" else ClinicalEntityExtractor.load(*parts)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_message_holds_these_entities(extractor: Any, case: dict[str, Any]) -> None:
    # Signs are the parts of red-flag rules, wide on purpose: tests/cases/signs.yml says which must be read.
    parts = ("red_flag", "sign")
    found = [short(entity) for entity in entities(extractor, case["text"]) if entity["entity"] not in parts]
    assert sorted(found) == sorted(case["entities"])


@pytest.mark.parametrize("text", [case["text"] for case in CASES] + ["", "🙂", "\ud800", "x" * 2000])
def test_entities_say_what_the_clinical_ring_says(extractor: Any, text: str) -> None:
    message = extractor.process([Message({TEXT: text})])[0]
    assert reading_of(message.get(ENTITIES)) == read(text) == message.get(READING)
    assert READING not in message.as_dict(only_output_properties=True)


def test_other_extractors_entities_survive(extractor: Any) -> None:
    other = {"entity": "city", "value": "Leeds", "start": 0, "end": 5, "extractor": "Another"}
    message = extractor.process([Message({TEXT: "Leeds: my calf twitches", ENTITIES: [other]})])[0]
    assert message.get(ENTITIES)[0] == other
    assert {entity["extractor"] for entity in message.get(ENTITIES)[1:]} == {"ClinicalEntityExtractor"}


def test_untrained_extractor_refuses_to_guess(created: Make) -> None:
    with pytest.raises(RuntimeError, match="no word lists"):
        entities(created(ClinicalEntityExtractor), "my calf twitches")


def test_word_lists_travel_inside_the_model(created: Make, loaded: Make, word_lists: Path) -> None:
    invented = "wobblewump"
    assert entities_of_invented(read(invented)) == []
    symptoms = word_lists / "symptoms_movement.yml"
    entry = "- id: muscle_twitching\n    match: ["
    assert symptoms.read_text(encoding="utf-8").count(entry) == 1
    symptoms.write_text(symptoms.read_text(encoding="utf-8").replace(entry, f'{entry}"{invented}", '), "utf-8")
    created(ClinicalEntityExtractor, word_lists=str(word_lists)).train(TrainingData())
    shutil.rmtree(word_lists)
    model = loaded(ClinicalEntityExtractor, word_lists=str(word_lists))
    assert "finding muscle_twitching" in map(short, entities(model, invented))


def entities_of_invented(reading: Any) -> list[Any]:
    return [*reading.findings, *reading.exposures, *reading.signs]


def test_edited_word_list_is_trained_anew(word_lists: Path) -> None:
    config = {"word_lists": str(word_lists)}

    def key() -> str:
        return calculate_fingerprint_key(ClinicalEntityExtractor, config, {})

    before = key()
    assert key() == before
    with (word_lists / "symptoms_movement.yml").open("a", encoding="utf-8") as words:
        words.write("# one more line\n")
    assert key() != before


def test_broken_word_list_is_named(created: Make, word_lists: Path) -> None:
    (word_lists / "symptoms_movement.yml").write_text("entries:\n  - id: [\n", "utf-8")
    with pytest.raises(LexiconError, match=r"symptoms_movement\.yml, line \d+"):
        created(ClinicalEntityExtractor, word_lists=str(word_lists)).train(TrainingData())


def test_folder_without_word_lists_is_named(created: Make, tmp_path: Path) -> None:
    with pytest.raises((FileNotFoundError, LexiconError)):
        created(ClinicalEntityExtractor, word_lists=str(tmp_path)).train(TrainingData())
