"""Whatever the action server answers, a call ends in time and in the one error that Rasa handles everywhere."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from aiohttp import ClientConnectionError
from rasa.utils.endpoints import ClientResponseError

from bot.channels import action_server
from bot.channels.action_server import ActionServer, ActionServerError
from tools.broken_actions import FAULTS, RESPONSES, BrokenActions, _response, broken_actions

WORD = "canaryinthecoalmine"


@pytest.fixture(scope="module")
def broken():
    with broken_actions() as server:
        yield server


def called(server: BrokenActions, **settings: Any) -> Any:
    body = {"tracker": {"latest_message": {"text": WORD}}}
    return asyncio.run(ActionServer(server.url, **settings).request(json=body, timeout=300))


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_a_lost_connection_to_rasa(broken: BrokenActions, fault: str) -> None:
    broken.fault = fault
    with pytest.raises(ClientConnectionError) as failed:
        called(broken, call_s=0.3)
    assert WORD not in str(failed.value)


@pytest.mark.parametrize("answer", [{"events": [], "responses": []}, {"events": [{"event": "slot"}], "responses": []}])
def test_a_good_answer_is_passed_on(broken: BrokenActions, monkeypatch: pytest.MonkeyPatch, answer: dict) -> None:
    monkeypatch.setitem(RESPONSES, "good", _response(b"200 OK", b"application/json", json.dumps(answer).encode()))
    broken.fault = "good"
    assert called(broken) == answer


def test_an_action_that_rejects_its_execution_may_do_so(broken: BrokenActions, monkeypatch: pytest.MonkeyPatch) -> None:
    body = b'{"action_name": "intake_form", "error": "x"}'
    monkeypatch.setitem(RESPONSES, "rejects", _response(b"400 Bad Request", b"application/json", body))
    broken.fault = "rejects"
    with pytest.raises(ClientResponseError) as rejected:
        called(broken)
    assert rejected.value.status == 400


def test_the_calls_of_a_turn_share_their_time(broken: BrokenActions) -> None:
    broken.fault = "hang"

    async def turn() -> list[str]:
        action_server.begin_turn(0.3)
        server, told = ActionServer(broken.url), []
        for _ in range(3):
            with pytest.raises(ActionServerError) as failed:
                await server.request(json={}, timeout=300)
            told.append(str(failed.value))
        return told

    first, _, last = asyncio.run(turn())
    assert first == "no answer within 0.3 s"
    assert last == "no time is left in this turn"


def test_the_limits_nest() -> None:
    from bot.channels.client import PATIENCE_S
    from bot.channels.conversation import Deadlines
    from bot.channels.slow_clients import Waits
    from bot.stores.database import SQL_S

    limits = [
        PATIENCE_S,
        Waits.response,
        Deadlines.answer,
        action_server.TURN_S,
        action_server.CALL_S,
        SQL_S,
    ]
    assert limits == sorted(limits, reverse=True)
    assert len(set(limits)) == len(limits)
