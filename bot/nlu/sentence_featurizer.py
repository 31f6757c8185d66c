"""The meaning of a whole message as dense features, from the pretrained sentence encoder."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.fingerprints import code_digest
from bot.nlu.sentence_encoder import Encoder, encoder


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceFeaturizer(DenseFeaturizer, GraphComponent):
    """One vector of 384 numbers and length 1 a message: what the classifier knows of wordings it has never seen.

    The weights belong to an installed package, not to the model file, and are shared by all featurizers of a process.
    """

    @staticmethod
    def required_packages() -> list[str]:
        """Distributions this component needs, beside the encoder's own, whose error names the remedy."""
        return ["tokenizers", "numpy", "scipy"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Nothing to configure."""
        return {FEATURIZER_CLASS_ALIAS: None}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceFeaturizer:
        """A featurizer, ready for use. Raises EncoderMissingError."""
        return cls(config, execution_context.node_name, encoder())

    def __init__(self, config: dict[str, Any], name: str, encode: Encoder) -> None:
        """``encode``: texts to rows of numbers."""
        super().__init__(name, config)
        self._encode = encode

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Digest of the code beside this class."""
        return code_digest()

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Anything goes, as there is nothing to configure."""

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the features to the training examples."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add one row of sentence features to each message that has a text."""
        written = [message for message in messages if message.get(TEXT) is not None]
        rows = self._encode([message.get(TEXT) for message in written])
        for message, row in zip(written, rows, strict=True):
            self.add_features_to_message(None, row.reshape(1, -1), TEXT, message)
        return messages
