"""What the classifier gets to see: concepts, the form of a question, and what the whole sentence is about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.engine.training.fingerprinting import calculate_fingerprint_key
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.clinical import read
from bot.nlu.concept_featurizer import ConceptFeaturizer, question_features, reading_features
from bot.nlu.sentence_featurizer import SentenceFeaturizer
from bot.nlu.word_lists import READING

Make = Callable[..., Any]
ASKING = frozenset({"what", "is"})
EXAMPLES = {
    "inform": ["my calf keeps twitching", "my calf is numb for two weeks", "no cramps", "twitching in my calf"],
    "ask_cause": ["is my calf twitching from low vitamin d?", "is it vitamin d"],
    "out_of_scope": ["play the trumpet", "play the violin"],
}


def features(message: Message) -> list[float]:
    sequence, sentence = message.get_dense_features(TEXT)
    assert sequence is None
    return list(sentence.features[0])


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("my calf keeps twitching", {"finding", "finding=muscle_twitching", "finding:present"}),
        ("no cramps", {"finding", "finding=muscle_cramp", "finding:absent"}),
        ("I never see the sun", {"exposure", "exposure=low_sun", "exposure:present"}),
        ("my vitamin D was 18 ng/ml", {"lab_result", "lab_result=25-oh-d"}),
        ("my mother is 80", {"about=other", "profile.age", "profile.relation"}),
        ("play the trumpet", set()),
    ],
)
def test_reading_is_named(text: str, named: set[str]) -> None:
    assert named <= reading_features(read(text))
    assert bool(named) == bool(reading_features(read(text)))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("What helps", {"question_word"}),
        ("my calf?", {"question_mark"}),
        ("Is it?", {"question_mark", "question_word"}),
        ("it is", set()),
        ("", set()),
    ],
)
def test_outer_form_of_a_question(text: str, named: set[str]) -> None:
    assert question_features(text, ASKING) == named


def test_training_and_conversation_give_the_same_features(created: Make, loaded: Make, training: Make) -> None:
    data = training(EXAMPLES)
    component = created(ConceptFeaturizer, question_words=sorted(ASKING))
    component.train(data)
    component.process_training_data(data)
    seen = {message.get(TEXT): features(message) for message in data.training_examples}
    assert seen["my calf keeps twitching"] != seen["no cramps"]
    assert not any(seen["play the trumpet"])
    model = loaded(ConceptFeaturizer, question_words=sorted(ASKING))
    for text, row in seen.items():
        message = model.process([Message({TEXT: text, READING: read(text)})])[0]
        assert features(message) == row


def test_message_nobody_has_read_is_an_error_of_the_pipeline(created: Make) -> None:
    with pytest.raises(InvalidConfigException, match="ClinicalEntityExtractor before it"):
        created(ConceptFeaturizer).process([Message({TEXT: "my calf twitches"})])


@pytest.mark.parametrize("words", ["what", ["What"], [True]])
def test_unusable_question_words_are_refused(created: Make, words: Any) -> None:
    with pytest.raises(ValueError, match="question_words"):
        created(ConceptFeaturizer, question_words=words)


def test_edited_word_list_changes_the_features_fingerprint(word_lists: Path) -> None:
    config = {"word_lists": str(word_lists)}
    before = calculate_fingerprint_key(ConceptFeaturizer, config, {})
    with (word_lists / "exposures_life.yml").open("a", encoding="utf-8") as words:
        words.write("# one more line\n")
    assert calculate_fingerprint_key(ConceptFeaturizer, config, {}) != before


@pytest.mark.parametrize("weight", [0, -1, "much", True])
def test_unusable_weight_is_refused(created: Make, weight: Any) -> None:
    with pytest.raises(ValueError, match="weight"):
        ConceptFeaturizer.validate_config({**ConceptFeaturizer.get_default_config(), "weight": weight})


def test_features_have_the_weight_they_are_given(created: Make, training: Make) -> None:
    component = created(ConceptFeaturizer, weight=0.25)
    component.train(training(EXAMPLES))
    (message,) = component.process([Message({TEXT: "my calf twitches", READING: read("my calf twitches")})])
    assert set(features(message)) == {0, 0.25}


def test_sentences_of_like_meaning_get_like_features(created: Make, training: Make) -> None:
    data = created(SentenceFeaturizer).process_training_data(
        training({"?": ["my calf keeps twitching", "muscle fasciculations in my leg", "what is the weather in paris"]})
    )
    ours, alike, other = (features(message) for message in data.training_examples)
    assert len(ours) == 384
    assert sum(a * b for a, b in zip(ours, alike, strict=True)) > 0.5
    assert sum(a * b for a, b in zip(ours, other, strict=True)) < 0.2


def test_message_without_a_text_gets_no_features(created: Make) -> None:
    (message,) = created(SentenceFeaturizer).process([Message({})])
    assert message.get_dense_features(TEXT) == (None, None)
