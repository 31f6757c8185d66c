"""A turn loads the last turns only, and nobody can tell from the talk: answers, slots and form are the same."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
import yaml
from rasa.shared.core.domain import Domain

from bot.stores.database import Database
from bot.stores.sealing import Keyring, new_key
from bot.stores.tail import TURNS_KEPT
from bot.stores.tracker_store import StrictTrackerStore
from bot.train import PROJECT, current_model

from .live import LiveBot

MOVES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "moves.yml").read_text(encoding="utf-8"))
KINDS = ("say", "say", "correct", "ask", "ask", "interrupt", "alarm", "restart")
TAPPED = ("none of these", "not sure", "none", "yes", "no", "why?", "undo", "six weeks", "little daylight", "left")
TURNS = 45
TALKS = int(os.environ.get("BOUNDED_TALKS", "1"))


def talk(seed: int) -> list[str]:
    """Everything that a person may do, several times over; restarts are rare, so that the talk grows long."""
    chance = random.Random(seed)
    said = ["hello", "my calf keeps twitching, about six weeks now", "none", "i work nights and hardly see the sun"]
    while len(said) < TURNS:
        kind = chance.choices(KINDS, weights=[4, 2, 2, 2, 1, 3, 0.3, 0.2])[0]
        said.append(chance.choice(TAPPED if chance.random() < 0.4 else MOVES[kind]))
    return said


@pytest.fixture(scope="module")
def bounded(tmp_path_factory: pytest.TempPathFactory) -> LiveBot:
    file = tmp_path_factory.mktemp("kept") / "conversations.db"
    kept = Database(f"sqlite:///{file}", Keyring([new_key()]))
    return LiveBot(_model(), StrictTrackerStore(Domain.empty(), kept_in=kept))


@pytest.fixture(scope="module")
def whole() -> LiveBot:
    return LiveBot(_model())


def _model() -> Path:
    model = current_model()
    assert model.exists(), f"train first: {PROJECT}"
    return model


def answers(messages: list[dict]) -> list[dict]:
    """Without the FHIR bundle, which holds the moment in which it was made."""
    return [{**m, "custom": {k: v for k, v in m.get("custom", {}).items() if k != "fhir"}} for m in messages]


@pytest.mark.parametrize("seed", range(1, TALKS + 1))
def test_a_bounded_talk_goes_as_a_whole_one(bounded: LiveBot, whole: LiveBot, seed: int) -> None:
    conversation, said = f"talk{seed}", talk(seed)
    loaded = []
    for text in said:
        assert answers(bounded.say(conversation, text)) == answers(whole.say(conversation, text)), text
        assert bounded.slots(conversation) == whole.slots(conversation), text
        assert bounded.form(conversation) == whole.form(conversation), text
        loaded.append(bounded.turns_loaded(conversation))
    assert max(loaded) <= TURNS_KEPT + 1, "the last turns, and the message that a form began with"
    assert whole.turns_loaded(conversation) == len(said)
