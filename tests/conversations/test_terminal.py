"""``python -m bot talk`` and ``python -m bot shell`` as a person and a script get them, with the real servers."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys
import time

import pytest

from bot.channels.texts import text as words
from bot.train import PROJECT
from tools.servers import free_ports

pytestmark = pytest.mark.server
TALK = ["my calf keeps twitching, about six weeks now, no cramps though", "7", "1, 5", "summary"]
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
PATIENCE_S = 60


def run(servers, *options: str, lines: list[str] | bytes, command: str = "talk") -> subprocess.CompletedProcess[str]:
    raw = lines if isinstance(lines, bytes) else "".join(f"{line}\n" for line in lines).encode()
    port = ["--port", servers.plan.url.rpartition(":")[2]]
    done = subprocess.run(
        [sys.executable, "-m", "bot", command, *port, *options], input=raw, capture_output=True, cwd=PROJECT
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def test_a_written_talk_as_plain_text(servers):
    done = run(servers, lines=["I agree", *TALK])
    assert (done.returncode, done.stderr) == (0, "")
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", done.stdout)
    assert done.stdout.startswith(f"     {words('shell.consent').splitlines()[0]}")
    said = " ".join(done.stdout.split())
    for part in (
        "1) I agree, start the chat", "Question 1 of about 3", "7) none of these", "Your result:",
        "Muscle twitching [INDIRECT] Can happen if", "More often it is: stress,", "Tests to ask your doctor about",
        "- 25-hydroxyvitamin D (total)", "Sources [1]", "Summary to take to a doctor or nurse",
    ):  # fmt: skip
        assert part in said, part
    assert all(len(line) <= 88 or "http" in line for line in done.stdout.splitlines())


def test_a_written_talk_as_json(servers):
    done = run(servers, "--json", "--agree", lines=TALK[:3])
    turns = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.returncode, [turn["you"] for turn in turns]) == (0, TALK[:3])
    assert turns[1]["sent"] == "none of these"
    payloads = [message["custom"]["type"] for turn in turns for message in turn["answers"] if "custom" in message]
    assert {"question", "assessment"} <= set(payloads)


def test_an_emergency_looks_different_without_colours_too(servers):
    done = run(servers, "--agree", lines=["crushing chest pain"])
    urgent = [line for line in done.stdout.splitlines() if line.startswith("!!!")]
    assert done.returncode == 0
    assert "999" in " ".join(urgent)


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"a\x1b[31mb\ni am tired\n", "shell.control"),
        (b"caf\xe9\ni am tired\n", "shell.not_utf8"),
        (b"x" * 9000 + b"\ni am tired\n", "errors.too_long"),
    ],
)
def test_a_bad_line_gets_a_sentence_and_the_talk_goes_on(servers, raw, sentence):
    done = run(servers, "--agree", lines=raw)
    assert done.returncode == 1
    assert words(sentence, limit=2000) in done.stderr
    assert "Bot" in done.stdout


def test_without_agreeing_nothing_is_sent(servers):
    done = run(servers, lines=["i am tired"])
    assert (done.returncode, words("shell.not_agreed") in done.stderr) == (1, True)
    declined = run(servers, lines=["no thanks"])
    assert (declined.returncode, words("shell.declined") in " ".join(declined.stdout.split())) == (0, True)


def test_the_shell_takes_a_pipe_too(servers):
    done = run(servers, command="shell", lines=["I agree", "i am tired", "quit", "never said"])
    assert done.returncode == 0
    assert "You  quit" in done.stdout
    assert "never said" not in done.stdout


@pytest.mark.parametrize("no_colour", [False, True])
def test_a_person_at_a_terminal(servers, no_colour):
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "70"}
    environment.pop("NO_COLOR", None)
    if no_colour:
        environment["NO_COLOR"] = "1"
    seen = at_terminal(
        servers,
        environment,
        [("2)", "1"), ("lists", "i am tired for two months"), ("your own words)", "crushing chest pain"),
         ("!!!", "delete"), ("as it is", "delete"), ("has been erased", "quit"), ("Goodbye", "")],
    )  # fmt: skip
    coloured = {code for code in COLOUR.findall(seen) if re.search(r"3[1-7]", code)}
    assert bool(coloured) != no_colour


def test_a_bot_that_is_gone_is_told_with_status_1(servers, tmp_path):
    """The command finds a bot, which then stops answering: a server that only says that it is healthy."""
    port = str(free_ports(1)[0])
    health = tmp_path / "health"
    health.write_text('{"status": "ok"}')
    command = [sys.executable, "-m", "http.server", port, "--bind", "127.0.0.1", "--directory", str(tmp_path)]
    stub = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        done = subprocess.run(
            [sys.executable, "-m", "bot", "talk", "--agree", "--port", port],
            input=b"crushing chest pain\n", capture_output=True, cwd=PROJECT,
        )  # fmt: skip
    finally:
        stub.terminate()
        stub.wait()
    assert done.returncode == 1
    assert b"999" in done.stdout
    assert done.stderr


def wait_for(port: str) -> None:
    import urllib.request

    for _ in range(100):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health").close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the stub did not start")


def at_terminal(servers, environment: dict[str, str], steps: list[tuple[str, str]]) -> str:
    """What a person sees who waits for the first of each pair and then types the second."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "bot", "shell", "--port", servers.plan.url.rpartition(":")[2]]
    shell = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=PROJECT, env=environment)
    os.close(theirs)
    seen = ""
    try:
        for expected, typed in steps:
            before = len(seen)
            while expected not in COLOUR.sub("", seen[before:]):
                ready, _, _ = select.select([ours], [], [], PATIENCE_S)
                assert ready, f"{expected} did not come: {seen[before:]}"
                seen += os.read(ours, 4096).decode(errors="replace")
            if typed:
                os.write(ours, f"{typed}\n".encode())
        assert shell.wait(PATIENCE_S) == 0
    finally:
        if shell.poll() is None:
            shell.kill()
        os.close(ours)
    return seen
