"""How much of a message is made of words that people use with this bot: what tells "not my subject" apart."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS, TOKENS_NAMES
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.fingerprints import code_digest
from bot.nlu.rows import columns_of, row_of

WORDS = "familiar_words.json"
# Upper bounds of the bands; what lies above the last bound is a band of its own.
UNKNOWN_COUNTS = (0, 1, 2)  # words
UNKNOWN_SHARES = (0.0, 0.15, 0.3, 0.5)  # of the message's words
LENGTHS = (0, 3, 8, 15)  # words


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class FamiliarityFeaturizer(SparseFeaturizer, GraphComponent):
    """Bands of the number and the share of unfamiliar words, and of the length, as 0/1 sentence features.

    The words of every other subject in the world cannot be listed as examples, but they have in common
    that they are not among the words of this one. A word is familiar when at least ``min_examples``
    training examples of the intents other than ``outside_intent`` hold it; two, so that an example does
    not vouch for its own words.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Words come from the tokenizer."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``outside_intent``: the intent whose words are not familiar."""
        return {FEATURIZER_CLASS_ALIAS: None, "outside_intent": "out_of_scope", "min_examples": 2}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """``min_examples`` is a whole number of at least 1."""
        if not isinstance(config["min_examples"], int) or config["min_examples"] < 1:
            raise ValueError(f"{cls.__name__}: min_examples is a whole number of at least 1.")

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> FamiliarityFeaturizer:
        """An untrained featurizer, to which every word is strange."""
        return cls(config, execution_context.node_name, model_storage, resource)

    def __init__(
        self,
        config: dict[str, Any],
        name: str,
        model_storage: ModelStorage,
        resource: Resource,
        familiar: Iterable[str] = (),
    ) -> None:
        """``familiar``: lower-case words."""
        super().__init__(name, config)
        self._model_storage = model_storage
        self._resource = resource
        self._familiar = frozenset(familiar)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Digest of the code beside this class."""
        return code_digest()

    def train(self, training_data: TrainingData) -> Resource:
        """Collect the familiar words."""
        inside = [m for m in training_data.intent_examples if m.get(INTENT) != self._config["outside_intent"]]
        examples = Counter(word for message in inside for word in set(_words(message)))
        self._familiar = frozenset(word for word, count in examples.items() if count >= self._config["min_examples"])
        with self._model_storage.write_to(self._resource) as stored:
            (stored / WORDS).write_text(json.dumps(sorted(self._familiar)), encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> FamiliarityFeaturizer:
        """The trained featurizer with the words of its training."""
        with model_storage.read_from(resource) as stored:
            familiar = json.loads((stored / WORDS).read_text(encoding="utf-8"))
        return cls(config, execution_context.node_name, model_storage, resource, familiar)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the features to the training examples."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add one row of sentence features to each message that has a text."""
        for message in messages:
            if message.get(TEXT) is not None:
                row = row_of(self._bands(_words(message)), COLUMNS)
                self.add_features_to_message(None, row, TEXT, message)
        return messages

    def _bands(self, words: Sequence[str]) -> set[str]:
        unknown = sum(word not in self._familiar for word in words)
        share = unknown / len(words) if words else 1.0
        return {
            _band("unknown", unknown, UNKNOWN_COUNTS),
            _band("share", share, UNKNOWN_SHARES),
            _band("length", len(words), LENGTHS),
        }


def _words(message: Message) -> list[str]:
    tokens = (token.text.lower() for token in message.get(TOKENS_NAMES[TEXT], ()))
    return [word for word in tokens if any(letter.isalpha() for letter in word)]


def _band(name: str, value: float, bounds: Sequence[float]) -> str:
    return f"{name}<={next((bound for bound in bounds if value <= bound), 'more')}"


COLUMNS = columns_of(
    f"{name}<={bound}"
    for name, bounds in (("unknown", UNKNOWN_COUNTS), ("share", UNKNOWN_SHARES), ("length", LENGTHS))
    for bound in (*bounds, "more")
)
