"""Whatever is broken: red flags get their urgent answer at once, every message gets an answer, and all comes back."""

from __future__ import annotations

import itertools
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.channels.client import Client
from bot.channels.gate import urgent_message
from bot.supervision import ENVIRONMENT
from bot.worker import ACTIONS_VARIABLE
from tools.faults.numbers import number
from tools.faults.people import Person, Sent, at_once, talks
from tools.faults.table import record
from tools.faults.world import ACTIONS, FAULTS, World
from tools.servers import free_ports

ROOT = Path(__file__).resolve().parents[2]
CASES = yaml.safe_load((ROOT / "tests" / "cases" / "red_flags.yml").read_text(encoding="utf-8"))
URGENT_S, ANSWER_S = 2.0, 10.0
PEOPLE = 6
ORDINARY = ("my legs ache", "none of these", "can low vitamin d cause hair loss?", "about three weeks", "hello")
WORD = "canaryinthecoalmine"  # in every ordinary message; looked for in test_traces.py
flags: list[Sent] = []
answers: list[Sent] = []


def red_flags() -> list[tuple[str, str]]:
    """Sentence and level of those that the rules find (what reading misses is measured elsewhere), seeded order."""
    found = [(case["text"], case["level"]) for cases in CASES.values() for case in cases]
    found = [(text, level) for text, level in found if urgent_message(text)]
    random.Random(number("SEED")).shuffle(found)
    return found[: number("RED_FLAGS") or None]


def got_to(world: World, state: str) -> Person:
    """Somebody in a dialogue state."""
    person = Person(world.bots).begin()
    for text in talks()[state]:
        person.say(f"{text} {WORD}")
    return person


def slowest_percent(sent: list[Sent]) -> float:
    """The 99th percentile of the times, in seconds."""
    return sorted(one.seconds for one in sent)[int(0.99 * (len(sent) - 1))]


@pytest.mark.parametrize("fault", FAULTS)
def test_red_flags(world: World, fault: str) -> None:
    states = itertools.cycle(talks())
    cases = [(text, level, next(states)) for text, level in red_flags()]
    people = at_once(lambda case: got_to(world, case[2]), cases, PEOPLE)
    turns = itertools.cycle((0, 1))
    with world.fault(fault):
        said = at_once(
            lambda pair: pair[0].say(pair[1][0], server=next(turns), tries=1),
            list(zip(people, cases, strict=True)),
            PEOPLE,
        )
    flags.extend(said)
    missed = [(sent.text, fault) for sent, case in zip(said, cases, strict=True) if not as_urgent(sent, case[1])]
    all_missed = sum(not sent.red_flag for sent in flags)
    slow = slowest_percent(flags)
    told = f"{all_missed} missed; 99th percentile {slow:.2f} s, longest {max(sent.seconds for sent in flags):.2f} s"
    record("red_flags", told, len(flags), kept=all_missed == 0 and slow <= URGENT_S)
    assert missed == []
    assert slowest_percent(said) <= URGENT_S


def as_urgent(sent: Sent, level: str) -> bool:
    """Whether the answer is urgent, first, and no less than this text alone calls for."""
    gate = urgent_message(sent.text)
    assert gate is not None
    return bool(sent.red_flag) and sent.red_flag <= max(level, gate["custom"]["level"])


@pytest.mark.parametrize("fault", FAULTS)
def test_ordinary_messages(world: World, fault: str) -> None:
    states = itertools.cycle(talks())
    people = at_once(lambda _: got_to(world, next(states)), range(number("ANSWERS")), PEOPLE)
    texts = itertools.cycle(ORDINARY)
    with world.fault(fault):
        said = at_once(lambda person: person.say(f"{next(texts)} {WORD}", tries=1), people, PEOPLE)
    answers.extend(said)
    empty = sum(not sent.told for sent in answers)
    longest = max(sent.seconds for sent in answers)
    answered = sum(sent.acknowledged for sent in answers)
    told = f"{empty} empty, longest {longest:.2f} s; {answered} answered, the others told that it was not saved"
    record("answered", told, len(answers), kept=empty == 0 and longest <= ANSWER_S)
    assert [(sent.text, sent.refused) for sent in said if not sent.told] == []
    assert max(sent.seconds for sent in said) <= ANSWER_S
    lost = at_once(lambda person: person.lost(), people, PEOPLE)
    assert [sent for messages in lost for sent in messages] == []


def test_the_database_comes_back(world: World) -> None:
    before, seconds = world.pids(), []
    for _ in range(number("RESTARTS")):
        seconds.append(restarted(world))
    kept = max(seconds) <= ANSWER_S and world.pids() == before
    record("database_back", f"longest {max(seconds):.2f} s", len(seconds), kept=kept)
    assert world.pids() == before
    assert max(seconds) <= ANSWER_S


def restarted(world: World) -> float:
    """Let the database crash and start; seconds until both Rasa have answered somebody who talked before."""
    person = Person(world.bots).begin()
    person.say("my legs ache")
    world.database.stop("immediate")
    world.database.start()
    began = time.monotonic()
    for server in (0, 1):
        person.say(f"three weeks {server}", server=server)
    seconds = time.monotonic() - began
    assert person.lost() == []
    return seconds


def test_the_action_servers_come_back(world: World) -> None:
    seconds = []
    bots = {name: pid for name, pid in world.pids().items() if name.startswith("bot")}
    for _ in range(number("RESTARTS")):
        world.wait(lambda: all(world.up(part) for part in ACTIONS))
        person = Person(world.bots).begin()
        for part in ACTIONS:
            world.kill(part)
        world.wait(lambda: all(world.servers.healthy(part) for part in ACTIONS))
        began = time.monotonic()
        while not asks(person.say("my calf keeps twitching")):
            assert time.monotonic() - began <= ANSWER_S
        seconds.append(time.monotonic() - began)
    same = bots.items() <= world.pids().items()
    record("actions_back", f"longest {max(seconds):.2f} s", len(seconds), kept=same and max(seconds) <= ANSWER_S)
    assert same


def asks(sent: Sent) -> bool:
    """Whether the answer has a question of the intake."""
    return any((message.get("custom") or {}).get("type") == "question" for message in sent.answer or [])


@pytest.fixture
def without_model(tmp_path: Path) -> Iterator[str]:
    """The address of a Rasa whose model could not be loaded."""
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "rasa", "run", "-i", "127.0.0.1", "-p", str(port), "--model", str(tmp_path / "no")]
    environment = {**os.environ, **ENVIRONMENT, "BOT_VAR": str(tmp_path), ACTIONS_VARIABLE: "http://127.0.0.1:9"}
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        client = Client(f"http://127.0.0.1:{port}")
        for _ in range(240):
            if client.healthy():
                break
            time.sleep(0.5)
        yield client.url
    finally:
        server.terminate()
        server.wait(30)


def test_red_flags_without_a_model(without_model: str) -> None:
    cases = red_flags()
    said = at_once(lambda case: Person([without_model]).begin().say(case[0], tries=1), cases, PEOPLE // 2)  # one server
    missed = [sent.text for sent, case in zip(said, cases, strict=True) if not as_urgent(sent, case[1])]
    slow = slowest_percent(said)
    told = f"{len(missed)} missed; 99th percentile {slow:.2f} s"
    record("no_model", told, len(said), kept=not missed and slow <= URGENT_S)
    assert missed == []
    assert slow <= URGENT_S
    assert Person([without_model]).begin().say("my legs ache", tries=1).told
