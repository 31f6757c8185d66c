"""Features for the intent classifier from what the clinical ring read: which concepts, in which status."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.case import KINDS
from bot.nlu.fingerprints import reading_digest
from bot.nlu.rows import columns_of, row_of
from bot.nlu.word_lists import READING, reader, source_directory
from bot.reading import Reading

VOCABULARY = "features.json"
# Not red flags: they follow from the rest, and their rules may change without a new training.
COUNTED = ("finding", "duration", "exposure", "sign", "lab_result")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class ConceptFeaturizer(DenseFeaturizer, GraphComponent):
    """One on/off feature per kind, id and status read, and for the outer form of a question.

    "is my calf twitching from low D?" yields ``finding``, ``finding=muscle_twitching``,
    ``finding:hypothetical`` and so on: words the classifier never saw still count as a symptom. In a
    conversation the text is read once, by the extractor, which must stand before this component; in
    training, where extractors do not run, the featurizer reads the examples with the same word lists.
    (``required_components`` cannot say so: Rasa then misses the extractor in training.) Sentence features only.
    """

    @staticmethod
    def required_packages() -> list[str]:
        """Distributions this component needs."""
        return ["numpy"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``word_lists`` as for the extractor; ``question_words``: first words that make a text a question.

        ``weight``: the value of a feature that is on; the sentence's own vector beside it has length 1.
        """
        return {FEATURIZER_CLASS_ALIAS: None, "word_lists": None, "question_words": [], "weight": 1.0}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """``question_words`` is a list of lower-case words, ``weight`` a positive number."""
        weight = config["weight"]
        if not isinstance(weight, (int, float)) or isinstance(weight, bool) or weight <= 0:
            raise ValueError(f"{cls.__name__}: weight is a positive number.")
        words = config["question_words"]
        if not isinstance(words, list) or any(not isinstance(word, str) or word != word.lower() for word in words):
            raise ValueError(
                f"{cls.__name__}: question_words is a list of lower-case words, quoted where YAML needs it."
            )

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ConceptFeaturizer:
        """An untrained featurizer."""
        return cls(config, execution_context.node_name, model_storage, resource)

    def __init__(
        self,
        config: dict[str, Any],
        name: str,
        model_storage: ModelStorage,
        resource: Resource,
        vocabulary: Iterable[str] = (),
    ) -> None:
        """``vocabulary``: the names of the features; empty until trained."""
        super().__init__(name, config)
        self._model_storage = model_storage
        self._resource = resource
        self._columns = columns_of(vocabulary)
        self._question_words = frozenset(config["question_words"])

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Digest of code and word lists: other words, other features."""
        return reading_digest(config)

    def train(self, training_data: TrainingData) -> Resource:
        """Fix the columns: every feature the training examples show, in alphabetical order."""
        self._read_all(training_data.training_examples)
        examples = [message for message in training_data.training_examples if message.get(TEXT) is not None]
        self._columns = columns_of(feature for message in examples for feature in self._features(message))
        with self._model_storage.write_to(self._resource) as stored:
            (stored / VOCABULARY).write_text(json.dumps(list(self._columns)), encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ConceptFeaturizer:
        """The trained featurizer with the columns of its training."""
        with model_storage.read_from(resource) as stored:
            vocabulary = json.loads((stored / VOCABULARY).read_text(encoding="utf-8"))
        return cls(config, execution_context.node_name, model_storage, resource, vocabulary)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Read the examples, then add their features."""
        self._read_all(training_data.training_examples)
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add one row of sentence features to each message. Raises InvalidConfigException if one has not been read."""
        for message in messages:
            if message.get(TEXT) is not None:
                row = self._config["weight"] * row_of(self._features(message), self._columns)
                self.add_features_to_message(None, row, TEXT, message)
        return messages

    def _read_all(self, messages: Iterable[Message]) -> None:
        unread = [m for m in messages if m.get(TEXT) is not None and m.get(READING) is None]
        if unread:
            read = reader(source_directory(self._config))
            for message in unread:
                message.set(READING, read(message.get(TEXT)))

    def _features(self, message: Message) -> set[str]:
        reading: Reading | None = message.get(READING)
        if reading is None:
            raise InvalidConfigException("ConceptFeaturizer needs ClinicalEntityExtractor before it in the pipeline.")
        return reading_features(reading) | question_features(message.get(TEXT), self._question_words)


def reading_features(reading: Reading) -> set[str]:
    """Names of what was read: ``kind``, ``kind=id``, ``kind:status``, and what the profile holds."""
    features: set[str] = set()
    for kind in COUNTED:
        items, value = KINDS[kind]
        for item in getattr(reading, items):
            features.add(kind)
            if kind != "duration":
                features.add(f"{kind}={getattr(item, value)}")
            if hasattr(item, "status"):
                features.add(f"{kind}:{item.status}")
    profile = reading.profile.to_dict()
    features |= {f"profile.{name}" for name, known in profile.items() if known is not None and name != "about"}
    return features | ({f"about={reading.profile.about}"} if reading.profile.about != "self" else set())


def question_features(text: str, question_words: frozenset[str]) -> set[str]:
    """``question_mark`` and ``question_word`` (the first word asks)."""
    words = text.lower().split()
    marks = {"question_mark"} if "?" in text else set()
    return marks | ({"question_word"} if words and words[0].strip("?,.!:") in question_words else set())
