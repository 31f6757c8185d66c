"""What the clinical ring reads in a message, as entities of the message."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.case import to_entities
from bot.nlu.fingerprints import reading_digest
from bot.nlu.lists import read_lists
from bot.nlu.word_lists import READING, source_directory, word_lists
from bot.nlu.word_lists import reader as reader_of


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class ClinicalEntityExtractor(GraphComponent, EntityExtractorMixin):
    """Findings, durations, exposures, signs, red flags, lab results and profile, one entity each.

    Training copies the word lists into the model; a loaded component reads only from there, so a model
    file says the same on every machine. The digest of the word lists is part of the fingerprint: an
    edited word list retrains this component. The reading itself stays on the message under ``READING``
    for the components that follow; it is not part of the output.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``word_lists``: a folder of word lists to train with; null is the package's own."""
        return {"word_lists": None}

    @staticmethod
    def required_packages() -> list[str]:
        """Distributions this component needs."""
        return ["spacy"]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ClinicalEntityExtractor:
        """An untrained component: it knows where the word lists are and has read none."""
        return cls(config, model_storage, resource)

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, directory: Path | None = None
    ) -> None:
        """``directory``: the model's own copy of the word lists; None until trained."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._reader = reader_of(directory) if directory else None

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Digest of code and word lists, so that Rasa's cache never restores an older copy of them."""
        return reading_digest(config)

    def train(self, training_data: TrainingData) -> Resource:
        """Copy the word lists into the model. Raises the lexicon's error, with file and line, for a broken one."""
        source = source_directory(self._config)
        reader = reader_of(source)
        with self._model_storage.write_to(self._resource) as stored:
            for path in word_lists(source):
                shutil.copyfile(path, stored / path.name)
        self._reader = reader
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ClinicalEntityExtractor:
        """The trained component, reading the model's own word lists."""
        with model_storage.read_from(resource) as stored:
            return cls(config, model_storage, resource, stored)

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities of each message to those other extractors found. Raises RuntimeError when untrained."""
        if self._reader is None:
            raise RuntimeError(f"{self.name} has no word lists yet: train it or load it from a model.")
        for message in messages:
            reading = read_lists(self._reader, message.get(TEXT) or "")
            message.set(READING, reading)
            found = self.add_extractor_name(to_entities(reading))
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages
