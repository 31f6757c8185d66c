"""A turn costs the same however long the conversation is, and the state is that of the whole."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
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
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.policies.turn import _turns_backwards
from bot.stores.sealing import Seal
from bot.stores.tail import TURNS_KEPT, State, said_in, start_of_tail, state_before
from bot.stores.tracker_store import StrictTrackerStore
from tests.stores.conftest import do, keep

DOMAIN = Domain.from_dict(
    {
        "slots": {name: {"type": "any", "mappings": [{"type": "custom"}]} for name in ("findings", "side")},
        "forms": {"intake_form": {"required_slots": []}},
    }
)


def turn(number: int) -> list[Event]:
    return [
        UserUttered(f"message {number}", message_id=f"m{number}"),
        SlotSet("findings", [number, number + 1]),
        ActionExecuted("utter_noted"),
        BotUttered("Noted.", metadata={"utter_action": "utter_noted"}),
        ActionExecuted("action_listen"),
    ]


def test_turn_400_reads_as_many_rows_as_turn_25(store: StrictTrackerStore, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    really = Seal.open

    def counted(seal: Seal, sealed: bytes, place: str) -> str:
        opened.append(place)
        return really(seal, sealed, place)

    monkeypatch.setattr(Seal, "open", counted)
    store.domain = DOMAIN
    read, loaded, replies = {}, {}, {}
    keep(store, "a", ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen"))
    for number in range(1, 401):
        opened.clear()
        tracker = keep(store, "a", *turn(number))
        read[number], loaded[number] = len(opened), len(tracker.events)
        if number in (25, 400):
            opened.clear()
            assert do(store.replies_to("a", f"m{number}"))
            replies[number] = len(opened)
    assert (read[25], loaded[25], replies[25]) == (read[400], loaded[400], replies[400])
    assert read[400] == TURNS_KEPT * 5 + 1
    assert len(do(store.events("a"))) == 2_003
    tracker = do(store.retrieve("a"))
    assert tracker.get_slot("findings") == [400, 401]
    assert said_in(tracker.events) == {"utter_noted": 400}


FORM = "intake_form"
NOTED = [ActionExecuted("utter_noted"), BotUttered("Noted.", metadata={"utter_action": "utter_noted"})]
# What a turn may bring, as Rasa would note it: while no form runs, and while one runs.
OUTSIDE = {
    "form": [ActionExecuted(FORM), ActiveLoop(FORM)],
    "ends": NOTED,
    "aside": NOTED,
    "cut": NOTED,
    "told": [SlotSet("findings", ["calf"]), SlotSet("side", "left")],
    "back": [SlotSet("findings", None)],
    "session": [ActionExecuted("action_session_start"), SessionStarted()],
}
INSIDE = {
    **OUTSIDE,
    "form": [ActionExecuted(FORM)],
    "ends": [ActionExecuted(FORM), ActiveLoop(None), ActionExecuted("utter_noted")],
    "aside": [ActionExecutionRejected(FORM), ActionExecuted("utter_noted"), ActionExecuted(FORM)],
    "cut": [LoopInterrupted(True), *NOTED],
}
KINDS = st.sampled_from(["form", "form", "form", "form", "ends", "aside", "cut", "told", "back", "session"])
TALKS = st.lists(st.lists(KINDS, min_size=1, max_size=2), min_size=1, max_size=12)


def noted(kinds: list[str], before: DialogueStateTracker) -> list[Event]:
    """The events of a turn after those that were."""
    tracker, start = before.copy(), len(before.events)
    tracker.update(UserUttered("hello"))
    for kind in kinds:
        for event in (INSIDE if tracker.active_loop_name else OUTSIDE)[kind]:
            tracker.update(event)
    tracker.update(ActionExecuted("action_listen"))
    return list(tracker.events)[start:]


def told(tracker: DialogueStateTracker) -> tuple:
    loop = tracker.active_loop
    return (
        tracker.current_slot_values(),
        tracker.latest_action_name,
        (loop.name, loop.rejected, loop.is_interrupted) if loop else None,
        tracker.latest_message.text if tracker.latest_message else None,
        next(_turns_backwards(tracker), None),  # what the policies see of the turn
    )


def tracked(events: list[Event]) -> DialogueStateTracker:
    return DialogueStateTracker.from_events("a", events, slots=DOMAIN.slots)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(TALKS)
def test_a_tail_after_its_state_leads_where_the_whole_leads(turns: list[list[str]]) -> None:
    """As the store does it: a tail is cut from the one before it, again and again."""
    whole: list[Event] = [SessionStarted(), ActionExecuted("action_listen")]
    state, tail = State({}, None, {}), list(whole)
    for kinds in turns:
        new = noted(kinds, tracked(whole))
        whole += new
        begins = max(index for index, event in enumerate(whole) if isinstance(event, SessionStarted))
        whole = whole[begins:]  # what Rasa would load
        opening = state.events()
        events = [*opening, *tail, *new]
        cut = max(start_of_tail(events), len(opening))
        state = State(**json.loads(json.dumps(asdict(state_before(events, cut, DOMAIN)))))
        tail = events[cut:]
        bounded = tracked([*state.events(), *tail])
        assert told(bounded) == told(tracked(whole))
        assert sum(isinstance(event, UserUttered) for event in tail[1:]) < TURNS_KEPT
