"""Trackers in every state a conversation can be in, made of events as Rasa makes them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.case import to_entities
from bot.clinical import read
from bot.hearing import heard
from bot.policies.response_policy import ResponsePolicy
from bot.policies.safety_policy import SafetyPolicy
from bot.talk import Message, Talk, to_ask

ROOT = Path(__file__).parents[2]
FORM = "intake_form"


@pytest.fixture(scope="session")
def domain() -> Domain:
    return Domain.load([str(ROOT / "domain.yml"), str(ROOT / "data" / "nlu" / "responses")])


class Conversation:
    """Events of a conversation; ``merged`` messages were merged by the action server, others were not."""

    def __init__(self, domain: Domain) -> None:
        self.domain = domain
        self.events: list[Event] = [ActionExecuted("action_session_start"), ActionExecuted("action_listen")]

    def says(self, text: str, intent: str = "inform", *, merged: bool = True) -> Conversation:
        number = sum(isinstance(event, UserUttered) for event in self.events)
        said = UserUttered(text, {"name": intent}, to_entities(read(text)), message_id=f"m{number}")
        self.events.append(said)
        if merged:
            talk = heard(self.talk, Message.from_parse(said.parse_data, said.message_id))
            self.events += [SlotSet(name, value) for name, value in talk.slots().items()]
        return self

    def does(self, *actions: str, **slots: Any) -> Conversation:
        self.events += [*(ActionExecuted(name) for name in actions), *(SlotSet(n, v) for n, v in slots.items())]
        return self

    def enters_form(self) -> Conversation:
        """The form asks its next question and listens."""
        self.events += [ActionExecuted(FORM), ActiveLoop(FORM)]
        question = to_ask(self.talk)
        assert question is not None
        return self.does(pending_question=question.id).does("action_listen")

    def applies(self, *events: Event) -> Conversation:
        self.events += events
        return self

    @property
    def talk(self) -> Talk:
        return Talk.from_slots(self.tracker.current_slot_values())

    @property
    def tracker(self) -> DialogueStateTracker:
        return DialogueStateTracker.from_events("talk", self.events, slots=self.domain.slots, domain=self.domain)


TWITCH = "my calf keeps twitching, about six weeks now"


def _finished(talk: Conversation) -> Conversation:
    talk.says(TWITCH).enters_form().says("none", "deny").enters_form().says("i'm vegan and hardly see the sun")
    talk.does(FORM).applies(ActiveLoop(None)).does(intake_complete=True)
    return talk.does("action_explain", "action_advise", result_given=True, results=1).does("action_listen")


STATES: dict[str, Callable[[Conversation], Conversation]] = {
    "at the start": lambda talk: talk,
    "after a greeting": lambda talk: talk.says("hello", "greet").does("utter_greet", "action_listen"),
    "in the form": lambda talk: talk.says(TWITCH).enters_form(),
    "in the form's second question": lambda talk: talk.says(TWITCH).enters_form().says("none", "deny").enters_form(),
    "after an answer": lambda talk: talk.says("which foods", "ask_food").does("action_answer", "action_listen"),
    "after a result": _finished,
    "after exposures only": lambda talk: talk.says("i'm vegan").does("action_take_note", "action_listen"),
    "after starting over": lambda talk: _finished(talk).says("start over", "start_over")
    .does("action_start_over", **dict.fromkeys(Talk().slots())).does("action_listen"),
    "after a lower red flag": lambda talk: talk.says("one calf is swollen and hot")
    .does("utter_red_flag", red_flag={"id": "RF-08", "level": "L3"}).does("action_listen"),
}  # fmt: skip


@pytest.fixture(params=STATES, ids=lambda name: name.replace(" ", "_"))
def in_any_state(request: pytest.FixtureRequest, domain: Domain) -> Conversation:
    return STATES[request.param](Conversation(domain))


@pytest.fixture
def conversation(domain: Domain) -> Conversation:
    return Conversation(domain)


@pytest.fixture
def finished(domain: Domain) -> Conversation:
    return _finished(Conversation(domain))


def _policy(kind: Any, folder: Path) -> Any:
    context = ExecutionContext(GraphSchema({}))
    storage = LocalModelStorage.create(folder)
    return kind.create(kind.get_default_config(), storage, Resource(kind.__name__), context)


@pytest.fixture
def safety(tmp_path: Path) -> SafetyPolicy:
    return _policy(SafetyPolicy, tmp_path)


@pytest.fixture
def response(tmp_path: Path) -> ResponsePolicy:
    return _policy(ResponsePolicy, tmp_path)


@pytest.fixture
def chosen(domain: Domain) -> Callable[[Any, Conversation], str | None]:
    """The action a policy is certain of, None if it abstains."""

    def ask(policy: Any, talk: Conversation) -> str | None:
        prediction = policy.predict_action_probabilities(talk.tracker, domain)
        assert set(prediction.probabilities) <= {0.0, 1.0}
        best = prediction.max_confidence
        return domain.action_names_or_texts[prediction.probabilities.index(best)] if best else None

    return ask
