"""The turn that is being answered, as both policies look at it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from actions import slots
from bot.hearing import heard
from bot.talk import Message, Talk, to_ask

INTAKE_FORM = "intake_form"


@dataclass(frozen=True)
class Turn:
    """``talk`` has ``message`` merged in, whether or not the action server did it.

    ``done``: actions run since the message, in order; ``previous``: those of the turn before.
    """

    message: Message
    talk: Talk
    done: tuple[str, ...]
    previous: tuple[str, ...]
    in_intake: bool

    @property
    def last(self) -> str | None:
        """The action just run; None when the message itself is to be answered."""
        return self.done[-1] if self.done else None


def turn_of(tracker: DialogueStateTracker) -> Turn | None:
    """The current turn; None before the first message of a session."""
    said = tracker.latest_message
    if said is None or said.text is None:
        return None
    message = Message.from_parse(said.parse_data, said.message_id)
    turns = _turns_backwards(tracker)
    done, previous = next(turns, ()), next(turns, ())
    if done and done[-1] == ACTION_LISTEN_NAME:
        return None
    talk = heard(Talk.from_slots(tracker.current_slot_values()), message)
    return Turn(message, talk, done, previous, tracker.active_loop_name == INTAKE_FORM)


def _turns_backwards(tracker: DialogueStateTracker) -> Iterator[tuple[str, ...]]:
    """Names of the actions after each message, latest message first."""
    names: list[str] = []
    for event in reversed(tracker.applied_events()):
        if isinstance(event, UserUttered):
            yield tuple(reversed(names))
            names = []
        elif isinstance(event, ActionExecuted) and event.action_name:
            names.append(event.action_name)


def is_complete(talk: Talk) -> bool | None:
    """The value of the slot that the form fills: true when nothing is left to ask, else unset."""
    return True if to_ask(talk) is None else None


def form_goes_on(talk: Talk) -> Event:
    """The event by which Rasa's form takes a message for its own; without it the form rejects the message and the
    rules answer. It has to be there even when it changes nothing."""
    return SlotSet(slots.INTAKE_COMPLETE, is_complete(talk))


def changes(tracker: DialogueStateTracker, **values: object) -> list[Event]:
    """Slot events for the values that the tracker does not hold yet."""
    return [SlotSet(name, value) for name, value in values.items() if tracker.get_slot(name) != value]


def certain(action: str | None, domain: Domain) -> list[float]:
    """Probabilities that name one action; all zero, which abstains, for None."""
    scores = [0.0] * domain.num_actions
    if action is not None:
        scores[domain.index_for_action(action)] = 1.0
    return scores
