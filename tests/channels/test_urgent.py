"""One urgent answer, never none and never two, and first."""

from __future__ import annotations

import pytest

from bot.channels.urgent import with_urgent_first


def flag(level: str, rule: str = "RF-04", text: str | None = "Call now.") -> dict:
    message = {"custom": {"type": "red_flag", "level": level, "rule": rule}}
    return {"text": text, **message} if text else message


TALK = {"text": "Noted."}
GATE = flag("L1", text="From the gate.")


@pytest.mark.parametrize(
    ("said", "urgent", "expected"),
    [
        pytest.param([TALK], None, [TALK], id="nothing urgent"),
        pytest.param([flag("L2")], None, [flag("L2")], id="the turn knows more than the text"),
        pytest.param([], GATE, [GATE], id="the turn said nothing"),
        pytest.param([TALK], GATE, [GATE], id="nothing else beside the gate's"),
        pytest.param([flag("L1")], GATE, [flag("L1")], id="the turn's own of the same level"),
        pytest.param([TALK, flag("L1")], GATE, [flag("L1"), TALK], id="put first"),
        pytest.param([flag("L0", "RF-01")], GATE, [flag("L0", "RF-01")], id="the turn's own is more urgent"),
        pytest.param([flag("L3", "RF-20"), TALK], GATE, [GATE], id="the turn's own is less urgent"),
        pytest.param([flag("L1"), flag("L1")], GATE, [flag("L1")], id="never two"),
        pytest.param([flag("L2", "RF-09"), flag("L1")], GATE, [flag("L1")], id="the more urgent of two"),
        pytest.param([flag("L1", text=None)], GATE, [GATE], id="a payload without words is no answer"),
        pytest.param([{"text": "x", "custom": {"type": "answer", "level": "L0"}}], GATE, [GATE], id="another payload"),
    ],
)
def test_with_urgent_first(said: list, urgent: dict | None, expected: list) -> None:
    assert with_urgent_first(said, urgent) == expected
