"""What plainly asks is a question and what plainly tells is none, whatever the classifier took it for."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.asking import only_asks, only_tells
from bot.knowledge import load
from bot.nlu.word_lists import READING
from bot.reading import Reading

QUESTION, TELLING, CAUSE = "ask_", "inform", "ask_cause"
TOLD = ("present", "other")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class ClaimRecognizer(GraphComponent, IntentClassifier):
    """Gives a question about a claim the intent of the claim's own topic. After the extractor and the classifier.

    A message that only tells of its writer is no question, one that only asks about symptoms asks for their cause.
    A question that the classifier saw keeps its topic and becomes sure. What somebody tells of their own symptom stays
    told, as does what the classifier is sure is told; ``keeps`` are intents that are left alone.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``keeps``: names of intents; ``sure``: from which confidence on a question's topic is taken as seen;
        ``sure_told``: from which on something told is left alone."""
        return {"keeps": [], "sure": 0.3, "sure_told": 0.7}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ClaimRecognizer:
        """Loads the evidence base; KnowledgeError, with file and line, for a broken one."""
        load()
        return cls(config)

    def __init__(self, config: dict[str, Any]) -> None:
        """``config``: see ``get_default_config``."""
        self._config = config

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent of each message that asks about a claim."""
        for message in messages:
            if name := self._intent(message):
                meant = {INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: 1.0}
                message.set(INTENT, meant, add_to_output=True)
                ranking = [item for item in message.get(INTENT_RANKING_KEY, []) if item["name"] != meant["name"]]
                message.set(INTENT_RANKING_KEY, [meant, *ranking], add_to_output=True)
        return messages

    def _intent(self, message: Message) -> str | None:
        text, reading = message.get(TEXT) or "", message.get(READING) or Reading()
        guess = message.get(INTENT) or {}
        name, confidence = guess.get(INTENT_NAME_KEY) or "", guess.get(PREDICTED_CONFIDENCE_KEY) or 0.0
        if name.startswith(QUESTION) and name not in self._config["keeps"] and only_tells(reading, text):
            return TELLING
        index = load().claim_index
        told = any(finding.status in TOLD for finding in reading.findings) and index.is_own(text)
        told |= name == TELLING and confidence >= self._config["sure_told"]
        general = CAUSE if name == TELLING and only_asks(reading, text) else None
        if name in self._config["keeps"] or told or not index.is_question(text):
            return general
        topic = (
            name.removeprefix(QUESTION) if name.startswith(QUESTION) and confidence >= self._config["sure"] else None
        )
        claim = index.asked_about(text, reading, topic)
        return f"{QUESTION}{topic or claim.topics[0]}" if claim else general
