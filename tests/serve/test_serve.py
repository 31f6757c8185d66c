"""What the operator is told, and when the bot refuses to start."""

from __future__ import annotations

import configparser
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from bot import model_file, serve, supervision, train
from bot.channels.texts import text as words
from bot.supervision import Part, Plan

ROOT = Path(__file__).parents[2]


@pytest.fixture
def taken_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_taken_port_is_named_with_what_to_do(taken_port: int, capsys) -> None:
    assert serve.main(["--port", str(taken_port), "--no-train"]) == 1
    told = capsys.readouterr().err
    assert f"Port {taken_port} is in use" in told
    assert "--port " in told


def test_the_action_servers_port_is_checked_too(taken_port: int, capsys) -> None:
    options = ["--port", str(serve.free_port()), "--actions-port", str(taken_port), "--no-train"]
    assert serve.main(options) == 1
    assert f"Port {taken_port} is in use" in capsys.readouterr().err


def test_a_port_taken_on_every_address_is_seen() -> None:
    with socket.socket() as listener:
        listener.bind(("0.0.0.0", 0))
        listener.listen()
        with pytest.raises(serve.CannotStartError):
            serve.check_port(listener.getsockname()[1], "--port")


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_no_port(port: int) -> None:
    with pytest.raises(serve.CannotStartError, match="is not a port"):
        serve.check_port(port, "--port")


def test_the_port_may_come_from_the_environment(taken_port: int, monkeypatch, capsys) -> None:
    monkeypatch.setenv("BOT_PORT", str(taken_port))
    assert serve.main([]) == 1
    assert str(taken_port) in capsys.readouterr().err


def test_no_model_names_the_command(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(train, "PROJECT", tmp_path)
    assert serve.main(["--port", str(serve.free_port()), "--actions-port", str(serve.free_port()), "--no-train"]) == 1
    assert "make train" in capsys.readouterr().err


def test_a_missing_model_is_trained(tmp_path: Path, monkeypatch, capsys) -> None:
    def trained(_argv: list[str]) -> int:
        model = train.current_model(tmp_path)
        model.parent.mkdir()
        model.touch()
        model_file.record(model)
        return 0

    monkeypatch.setattr(train, "PROJECT", tmp_path)
    monkeypatch.setattr(train, "main", trained)
    assert serve.model_for(tmp_path, may_train=True) == train.current_model(tmp_path)
    assert "training one" in capsys.readouterr().err


def test_a_failed_training_is_told(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(train, "main", lambda _argv: 1)
    with pytest.raises(serve.CannotStartError, match="Training failed"):
        serve.model_for(tmp_path, may_train=True)


def test_without_training_an_old_model_is_used_and_told(tmp_path: Path, capsys) -> None:
    (tmp_path / "models").mkdir()
    old = tmp_path / "models" / "old.tar.gz"
    old.touch()
    model_file.record(old)
    assert serve.model_for(tmp_path, may_train=False) == old
    assert "newer than the model" in capsys.readouterr().err


class FakeServers:
    """Servers whose state a test sets."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.state = {"bot": Part(11, lost=False), "actions": Part(22, lost=False)}
        self.answers = {"bot": False, "actions": False}
        self.status: int | None = None
        self.has_model = True

    def manager_status(self) -> int | None:
        return self.status

    def parts(self) -> dict[str, Part]:
        return self.state

    def healthy(self, name: str) -> bool:
        return self.answers[name]

    def understands(self) -> bool:
        return self.has_model


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return Plan(ROOT, tmp_path / "model one.tar.gz", tmp_path / "100% var", 5005, 5055)


@pytest.fixture
def servers(plan: Plan) -> FakeServers:
    return FakeServers(plan)


def test_it_is_ready_when_both_answer(servers: FakeServers) -> None:
    told: list[str] = []
    watch = serve.Watch(servers, told.append)
    assert (watch.look(), told) == (None, [])
    servers.answers["actions"] = True
    assert (watch.look(), told) == (None, [])
    servers.answers["bot"] = True
    assert watch.look() is None
    assert len(told) == 1
    assert "http://localhost:5005/" in told[0]
    assert (watch.look(), len(told)) == (None, 1)


def test_a_model_that_could_not_be_loaded_is_told(servers: FakeServers) -> None:
    told: list[str] = []
    servers.answers, servers.has_model = {"bot": True, "actions": True}, False
    assert serve.Watch(servers, told.append).look() is None
    assert "make train" in told[1]


def test_a_death_and_the_return_are_told_once_each(servers: FakeServers) -> None:
    told: list[str] = []
    servers.answers = {"bot": True, "actions": True}
    watch = serve.Watch(servers, told.append)
    watch.look()
    servers.state["actions"], servers.answers["actions"] = Part(0, lost=False), False
    watch.look()
    watch.look()
    servers.state["actions"], servers.answers["actions"] = Part(33, lost=False), True
    watch.look()
    watch.look()
    assert told[1:] == [
        "The action server has died. Starting it again.",
        "The action server works again.",
    ]


def test_a_part_that_does_not_start_is_told_with_its_last_words(servers: FakeServers, plan: Plan) -> None:
    plan.logs.mkdir(parents=True)
    plan.log("bot").write_text("x.py:1: UserWarning: old\n  call()\nRasaException: no channel\n")
    servers.state["bot"] = Part(0, lost=True)
    reason = serve.Watch(servers, print).look()
    assert reason is not None
    assert reason.splitlines()[1:] == ["RasaException: no channel"]


def test_without_the_manager_it_stops(servers: FakeServers) -> None:
    servers.status = 2
    assert serve.Watch(servers, print).look() == words("serve.manager_died", status=2)


def test_signals_stop_it() -> None:
    with serve.stop_signals() as stop:
        assert not stop.is_set()
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.wait(5)


def test_the_managers_configuration(plan: Plan, tmp_path: Path) -> None:
    text = supervision._configuration(plan, tmp_path / "a b%")
    read = configparser.RawConfigParser()
    read.read_string(text)
    bot, actions = read["program:bot"], read["program:actions"]
    assert "-m bot worker --port 5005" in bot["command"]
    assert f"--model '{plan.model}'" in bot["command"]
    assert "100%% var" in bot["stdout_logfile"]
    assert "-p 5055" in actions["command"]
    assert "logging.yml" in actions["command"]
    assert all(program["autorestart"] == "true" for program in (bot, actions))


def test_both_parts_stay_on_loopback_and_silent() -> None:
    assert supervision.ENVIRONMENT["SANIC_HOST"] == supervision.HOST == "127.0.0.1"
    assert supervision.ENVIRONMENT["RASA_TELEMETRY_ENABLED"] == "false"


def test_the_command_line_says_what_it_can() -> None:
    program = "import sys; from bot import serve; sys.exit(serve.main(['--help']))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0
    assert "--actions-port" in done.stdout
