"""Without the action server: a plain apology, what was told is kept, red flags are answered all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

pytestmark = pytest.mark.server


@pytest.fixture
def stop_actions(servers, until) -> Iterator[Callable[[], None]]:
    """Stops the action server; it runs again afterwards."""

    def stop() -> None:
        servers.call("stopProcess", "actions")

    yield stop
    if not servers.healthy("actions"):
        servers.call("startProcess", "actions", False)
        until(lambda: servers.healthy("actions"))


def texts(messages) -> str:
    return "\n".join(message.get("text", "") for message in messages)


def payloads(messages, kind) -> list[dict]:
    return [m["custom"] for m in messages if m.get("custom", {}).get("type") == kind]


def test_a_symptom_gets_an_apology_and_is_kept(servers, say, stop_actions, until):
    stop_actions()
    answer = say("my calf keeps twitching, about six weeks now")
    assert "not working" in texts(answer)
    assert payloads(answer, "assessment") == []
    servers.call("startProcess", "actions", False)
    until(lambda: servers.healthy("actions"))
    (question,) = payloads(say("hello? are you there"), "question") or payloads(say("yes please go on"), "question")
    assert question["id"] == "flags_twitching"  # neither the symptom nor its length is asked for again


def test_no_result_and_no_silence_inside_the_form(say, stop_actions):
    say("my calf keeps twitching, about six weeks now")
    stop_actions()
    for text in ("none", "little daylight", "and now?"):
        answer = say(text)
        assert texts(answer).strip()
        assert payloads(answer, "assessment") == []


@pytest.mark.parametrize("before", [[], ["my calf keeps twitching"]], ids=["at_the_start", "in_the_form"])
def test_a_red_flag_is_answered(say, stop_actions, before):
    for text in before:
        say(text)
    stop_actions()
    (flag,) = payloads(say("i have crushing chest pain and i am sweating"), "red_flag")
    assert (flag["level"], flag["rule"]) == ("L1", "RF-04")
    (again,) = payloads(say("i'm fine now"), "red_flag")
    assert again["level"] == "L1"


def test_a_tapped_red_flag_is_answered_and_the_form_closed(say, stop_actions):
    say("my calf cramps for two days")
    stop_actions()
    (flag,) = payloads(say("in one leg: swollen, hot or red"), "red_flag")
    assert flag["rule"] == "RF-08"
