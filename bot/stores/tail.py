"""What a turn needs of a conversation, however long it is: the last turns, and the state before them.

Rasa 3.6 loads and replays every event of a session at each turn, so that a turn costs more the longer people talk.
Here the tracker begins with events that set up the state (slots, form, how often each response was said), followed
by the events of the last `TURNS_KEPT` turns as they were. Policies and actions look back one turn at most, rules two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import dropwhile
from typing import Any

from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    BotUttered,
    Event,
    LoopInterrupted,
    SessionStarted,
    SlotSet,
    UserUttered,
    deserialise_events,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.nlg.rotating import SAID_BEFORE, times_said

TURNS_KEPT = 4


@dataclass(frozen=True)
class State:
    """A conversation before the first event of its tail; JSON values only."""

    slots: dict[str, Any]
    loop: dict[str, Any] | None
    said: dict[str, int]

    def events(self) -> list[Event]:
        """Events that bring a new tracker into this state, as a session that has just begun; none for a new one."""
        if not (self.slots or self.loop or self.said):
            return []
        events: list[Event] = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted()]
        if self.said:
            events.append(BotUttered(metadata={SAID_BEFORE: self.said}))
        events += [SlotSet(name, value) for name, value in self.slots.items()]
        events.append(ActionExecuted(ACTION_LISTEN_NAME))
        return events if self.loop is None else [*events, *_in_loop(**self.loop)]


def _in_loop(name: str, begun_by: dict[str, Any] | None, rejected: bool, is_interrupted: bool) -> list[Event]:
    """A form that runs. With the message that it began with: Rasa takes back what came after it (`applied_events`)."""
    begun = deserialise_events([begun_by]) if begun_by else []
    events = [*begun, ActionExecuted(name), ActiveLoop(name)]
    if rejected:
        events.append(ActionExecutionRejected(name))
    return [*events, ActionExecuted(ACTION_LISTEN_NAME), LoopInterrupted(is_interrupted)]


def start_of_tail(events: Sequence[Event]) -> int:
    """Where the last turns begin: at a person's message or at the start of the session, the later; 0 if all."""
    turns = 0
    for index in range(len(events) - 1, -1, -1):
        if isinstance(events[index], SessionStarted):
            return index
        turns += isinstance(events[index], UserUttered)
        if turns == TURNS_KEPT:
            return index
    return 0


def state_before(events: Sequence[Event], cut: int, domain: Domain) -> State:
    """The state that the events before ``cut`` lead to."""
    if isinstance(events[cut], SessionStarted):  # begins anew
        return State({}, None, {})
    tracker = DialogueStateTracker.from_events("", list(events[:cut]), slots=domain.slots)
    slots = {name: value for name, value in tracker.current_slot_values().items() if value is not None}
    return State(slots, _loop(tracker), said_in(events[:cut]))


def _loop(tracker: DialogueStateTracker) -> dict[str, Any] | None:
    loop = tracker.active_loop
    if loop is None or not loop.name:
        return None
    applied = reversed(tracker.applied_events())
    before = dropwhile(
        lambda event: not (isinstance(event, ActionExecuted) and event.action_name == loop.name), applied
    )
    begun_by = next((event.as_dict() for event in before if isinstance(event, UserUttered)), None)
    return {
        "name": loop.name,
        "begun_by": begun_by,
        "rejected": loop.rejected,
        "is_interrupted": loop.is_interrupted,
    }


def said_in(events: Sequence[Event]) -> dict[str, int]:
    """How often each response was said."""
    said: Counter[str] = Counter()
    for event in events:
        said.update(times_said(event))
    return dict(said)
