"""The summary over HTTP, with the real servers: for its owner, and for nobody else."""

from __future__ import annotations

import pytest
from fhir.resources.R4B.bundle import Bundle

from bot.channels.client import ChannelError, Client
from bot.fhir import wrong_codes

pytestmark = pytest.mark.server


def test_the_owner_gets_the_summary_and_nobody_else(servers):
    client = Client(servers.plan.url)
    client.start()
    with pytest.raises(ChannelError) as nothing:
        client.summary()
    assert nothing.value.status == 404
    client.say("my left calf keeps twitching, about six weeks now, no cramps though")
    made = client.summary()
    assert made["type"] == "summary"
    assert "- Muscle twitching, at: left calf, for 6 weeks" in made["text"]
    assert [*wrong_codes(Bundle.parse_obj(made["fhir"]))] == []
    asked = client.say("can I have a summary for my doctor?")
    (payload,) = [message["custom"] for message in asked if message.get("custom", {}).get("type") == "summary"]
    assert payload["text"] == client.summary()["text"]
    stranger = Client(servers.plan.url)
    with pytest.raises(ChannelError) as refused:
        stranger.summary()
    assert refused.value.status == 401
    client.erase()
    with pytest.raises(ChannelError) as gone:
        client.summary()
    assert gone.value.status == 404
