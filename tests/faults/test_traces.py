"""What people wrote is found nowhere but, sealed, in the database; and nothing calls out."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from bot.channels.client import Client
from tools.faults.people import Person, at_once
from tools.faults.table import record
from tools.faults.world import FAULTS, World
from tools.servers import free_ports

ROOT = Path(__file__).resolve().parents[2]
CANARY = "canaryunderground"
HERE = re.compile(r'sa_family=AF_(UNIX|LOCAL|UNSPEC|NETLINK)|"127\.\d+\.\d+\.\d+"|"::1"|"::ffff:127\.')


def test_a_word_leaves_no_trace(world: World) -> None:
    people = []
    for fault in FAULTS:
        person = Person(world.bots).begin()
        people.append(person)
        person.say(f"hello {CANARY}")
        with world.fault(fault):
            for text in ("my legs ache", "/restart", '/inform{"x": 1} b', "i have crushing chest pain"):
                person.say(f"{text} {CANARY}", tries=1)
        person.say(f"can low vitamin d cause hair loss? {CANARY}")
    assert CANARY in str(people[0].turns())
    assert CANARY.encode() not in world.database.dump(), "what was written is sealed"
    at_once(lambda person: person.erase(), people, 2)
    assert [turn for person in people for turn in person.turns()] == []
    files = [path for place in (world.folder, world.database.folder) for path in place.rglob("*") if path.is_file()]
    found = [path.name for path in files if CANARY.encode() in path.read_bytes()]
    found += [name for name, told in traces(world) if CANARY.encode() in told]
    looked = f"{len(files)} files, the database's own among them, its dump, the figures"
    record("canary", f"{len(found)} found in {looked}", len(FAULTS) * 6, kept=not found)
    assert found == []


def traces(world: World) -> list[tuple[str, bytes]]:
    """What is told about the conversations that is no file."""
    return [("metrics", world.metrics()), ("dump", world.database.dump())]


def test_nothing_calls_out(tmp_path: Path) -> None:
    if shutil.which("strace") is None:
        pytest.skip("strace is not on this machine: install it to see the connections")
    port, actions_port = free_ports(2)
    trace = tmp_path / "trace"
    options = ["strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=connect,sendto,sendmsg", "-o", str(trace)]
    bot = [sys.executable, "-m", "bot", "serve", "--no-train", "--port", str(port), "--actions-port", str(actions_port)]
    server = subprocess.Popen(
        [*options, *bot], cwd=ROOT, env={**os.environ, "BOT_VAR": str(tmp_path / "var")}, stderr=subprocess.PIPE
    )
    try:
        client = Client(f"http://127.0.0.1:{port}")
        for _ in range(480):
            if client.healthy():
                break
            if server.poll() is not None:
                assert server.stderr is not None
                pytest.skip(f"strace may not trace here: {server.stderr.read().decode()[-200:]}")
            time.sleep(0.5)
        for text in ("hello", "my calf keeps twitching", "i have crushing chest pain"):
            assert client.say(text)
        for process in psutil.Process(server.pid).children(recursive=True):
            if "rasa_sdk" in process.cmdline():
                process.kill()
        assert client.say("none of these")
        client.erase()
    finally:
        for child in psutil.Process(server.pid).children():
            child.send_signal(signal.SIGTERM)
        server.wait(60)
    lines = [line for line in trace.read_text(errors="replace").splitlines() if "sa_family" in line]
    out = [line for line in lines if not HERE.search(line)]
    record("outbound", f"{len(out)} to elsewhere of {len(lines)}", len(lines), kept=not out)
    assert lines
    assert out == []
