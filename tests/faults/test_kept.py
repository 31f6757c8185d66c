"""Nothing that was acknowledged is lost, nothing is handled twice: kills, pairs, copies."""

from __future__ import annotations

import random
import time
import uuid

from tools.faults.numbers import number
from tools.faults.people import Crowd, Person, at_once
from tools.faults.table import record
from tools.faults.world import ACTIONS, BOTS, World

KINDS = {"Rasa": BOTS, "action server": ACTIONS, "database": ("database",)}
PAUSE_S = 1.0
NEXT_S = 2.0
SLOWEST_S = 60.0  # a message that was told to take longer is answered by then, or given up


def killed(world: World, kind: str, chance: random.Random) -> None:
    """Kill one of a kind, as soon as one may be killed: one of two Rasa always lives, or nobody could talk."""
    if kind == "database":
        world.database.kill()
        time.sleep(chance.uniform(0, PAUSE_S))
        world.database.start()
        return
    world.wait(lambda: all(world.up(part) for part in KINDS[kind]))
    time.sleep(chance.uniform(0, PAUSE_S))
    world.kill(chance.choice(KINDS[kind]))


def twice_handled(world: World, people: list[Person]) -> int:
    """Messages that reached Rasa more often than they were sent."""
    return sum(max(0, world.count("user", person.conversation) - len(person.sent)) for person in people)


def test_acknowledged_means_stored(world: World) -> None:
    chance = random.Random(number("SEED"))
    kinds = [list(KINDS)[n % len(KINDS)] for n in range(number("KILLS"))]
    chance.shuffle(kinds)
    with Crowd([world.front], number("USERS"), number("SEED")) as crowd:
        for kind in kinds:
            time.sleep(chance.uniform(0, PAUSE_S))
            killed(world, kind, chance)
        time.sleep(PAUSE_S)
    world.wait(lambda: all(world.up(part) for part in (*BOTS, *ACTIONS)))
    people = [person for person in crowd.people if person.sent]
    acknowledged = sum(sent.acknowledged for person in people for sent in person.sent)
    missing = [(sent.text, sent.answer, len(sent.refused)) for person in people for sent in person.lost()]
    lost = len(missing)
    twice = twice_handled(world, people)
    silent = sum(not sent.told for person in people for sent in person.sent)
    told = f"{lost} lost, {twice} handled twice of {acknowledged:,} acknowledged; {silent} left without a word"
    record("stored", told, len(kinds), kept=lost == twice == 0)
    assert acknowledged > 0
    assert missing == []
    assert twice == 0


def test_two_at_once(world: World) -> None:
    def pair(_: int) -> tuple[int, int]:
        person = Person(world.bots).begin()
        at_once(lambda server: person.say(f"my legs ache {server}", server=server), (0, 1), people=2)
        world.wait(lambda: all(turn["answers"] for turn in person.turns()), SLOWEST_S)
        held = {turn["id"] for turn in person.turns()}
        lost = sum(sent.id not in held for sent in person.sent if sent.acknowledged)
        missing = sum(sent.acknowledged for sent in person.sent) - world.count("user", person.conversation)
        return max(lost, missing), world.count("session_started", person.conversation) - 1

    found = at_once(pair, range(number("PAIRS")), people=4)
    lost, double = sum(lost for lost, _ in found), sum(double for _, double in found)
    record("pairs", f"{lost} lost, {double} double sessions", len(found), kept=lost == double == 0)
    assert (lost, double) == (0, 0)


def test_the_same_message_again(world: World) -> None:
    def copies(number_of_copies: int) -> tuple[int, int]:
        person, message_id = Person(world.bots).begin(), uuid.uuid4().hex
        again = range(number_of_copies)
        at_once(lambda n: person.say("my legs ache", server=n % 2, message_id=message_id), again, number_of_copies)
        world.wait(lambda: all(turn["answers"] for turn in person.turns()), SLOWEST_S)
        late = person.say("my legs ache", message_id=message_id)
        final = [turn["answers"] for turn in person.turns()]
        return world.count("user", person.conversation) - 1, int(final != [late.answer])

    chance = random.Random(number("SEED"))
    found = at_once(copies, [chance.randint(2, 5) for _ in range(number("COPIES"))], people=3)
    wrong, differing = sum(wrong != 0 for wrong, _ in found), sum(differing for _, differing in found)
    record("copies", f"{wrong} not handled once, {differing} with another answer", len(found), kept=wrong == 0)
    assert wrong == differing == 0


def test_after_a_crash_the_same_person_goes_on(world: World) -> None:
    seconds, lost = [], 0
    for count in range(number("NEXT")):
        victim, other = (0, 1) if count % 2 == 0 else (1, 0)
        world.wait(lambda: all(world.up(bot) for bot in BOTS))
        person = Person(world.bots).begin()
        person.say("my calf keeps twitching", server=other)
        pending = at_once_killed(world, person, victim)
        next_one = person.say("about six weeks now", server=other, tries=1)
        seconds.append(next_one.seconds if next_one.acknowledged else float("inf"))
        again = person.say(pending, server=other, message_id=person.sent[1].id)
        lost += not again.acknowledged or len(person.turns(other)) != 3
    world.wait(lambda: all(world.up(bot) for bot in BOTS))
    kept = max(seconds) <= NEXT_S and lost == 0
    record("next_message", f"longest {max(seconds):.2f} s, {lost} lost", len(seconds), kept=kept)
    assert max(seconds) <= NEXT_S
    assert lost == 0


def at_once_killed(world: World, person: Person, victim: int) -> str:
    """Send a message to one Rasa and kill that while it handles it; the message."""
    text = "i work nights and hardly see the sun"

    def act(what: str) -> None:
        if what == "say":
            person.say(text, server=victim, tries=1)
        else:
            time.sleep(0.05)
            world.kill(BOTS[victim])

    at_once(act, ("say", "kill"), people=2)
    return text
