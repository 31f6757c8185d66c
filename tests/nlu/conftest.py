"""A model storage and a graph, as Rasa hands them to a component."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.clinical.wordlists import DATA

RESOURCE = Resource("component")


@pytest.fixture
def storage(tmp_path: Path) -> ModelStorage:
    (tmp_path / "model").mkdir()
    return LocalModelStorage.create(tmp_path / "model")


@pytest.fixture
def context() -> ExecutionContext:
    return ExecutionContext(GraphSchema({}), node_name="component")


@pytest.fixture
def word_lists(tmp_path: Path) -> Path:
    """A copy of the word lists that a test may edit."""
    return Path(shutil.copytree(DATA, tmp_path / "words"))


Make = Callable[..., Any]


@pytest.fixture
def created(storage: ModelStorage, context: ExecutionContext) -> Make:
    def create(component: Any, **config: Any) -> Any:
        return component.create({**component.get_default_config(), **config}, storage, RESOURCE, context)

    return create


@pytest.fixture
def loaded(storage: ModelStorage, context: ExecutionContext) -> Make:
    def load(component: Any, **config: Any) -> Any:
        return component.load({**component.get_default_config(), **config}, storage, RESOURCE, context)

    return load


@pytest.fixture
def training() -> Make:
    """Training data from the examples of each intent."""

    def build(examples: dict[str, list[str]]) -> TrainingData:
        return TrainingData([Message({TEXT: t, INTENT: intent}) for intent, texts in examples.items() for t in texts])

    return build
