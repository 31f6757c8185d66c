"""Tokens that the server did not give out open nothing."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import urllib.error
import urllib.request
from collections.abc import Iterator

from bot.channels.tokens import Tokens
from tools.faults.numbers import number
from tools.faults.people import Person, at_once
from tools.faults.table import record
from tools.faults.world import World

CALLS = (("GET", "conversation"), ("DELETE", "conversation"), ("POST", "message"), ("GET", "summary"))
WORD = "canaryofthestranger"


def forged(owner: str, other: str, chance: random.Random) -> Iterator[str]:
    """Tokens near and far from real ones, without end."""
    version, identity, expiry, signature = owner.split(".")
    foreign = Tokens(b"another key of thirty-two bytes..")
    while True:
        body = f"{version}.{identity}.{int(expiry) + chance.randint(1, 10**6)}"
        place = chance.randrange(len(owner))
        yield f"{body}.{signature}"  # lives longer
        yield f"{version}.{identity}.{expiry}.{other.split('.')[3]}"  # another's signature
        yield f"{version}.{other.split('.')[1]}.{expiry}.{signature}"  # another's conversation
        yield owner[:place] + chance.choice("0123456789abcdef.v") + owner[place + 1 :]
        yield owner[:place]
        yield owner + chance.choice("0a. ")
        yield f"{body}.{hmac.new(b'', body.encode(), hashlib.sha256).hexdigest()}"
        yield f"{version}.{identity}.{int(expiry) - 10**9}.{signature}"  # expired, unsigned
        yield foreign.new()
        yield identity
        yield f"v1.{chance.getrandbits(128):032x}.{expiry}.{chance.getrandbits(256):064x}"
        yield f"telegram-{identity}"


def status(url: str, method: str, call: str, token: str) -> int:
    body = json.dumps({"message": f"my legs ache {WORD}"}).encode() if method == "POST" else None
    request = urllib.request.Request(f"{url}/webhooks/web/{call}", data=body, method=method)
    request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return int(response.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def test_nobody_else_gets_in(world: World) -> None:
    owner, other = Person(world.bots).begin(), Person(world.bots).begin()
    owner.say("my calf keeps twitching")
    before, chance = owner.turns(), random.Random(number("SEED"))
    tokens = forged(owner.token, other.token, chance)
    tries = [(token.strip(), CALLS[n % len(CALLS)]) for n, token in zip(range(number("TOKENS")), tokens, strict=False)]
    tries = [(token, call) for token, call in tries if token not in (owner.token, other.token)]
    got = at_once(lambda one: status(world.bots[0], *one[1], one[0]), tries, people=4)
    let_in = [one for one, code in zip(tries, got, strict=True) if code != 401]
    changed = owner.turns() != before or other.turns() != []
    told = f"{len(let_in)} let in; the conversations are {'changed' if changed else 'as before'}"
    record("strangers", told, len(tries), kept=not let_in and not changed)
    assert let_in == []
    assert not changed
