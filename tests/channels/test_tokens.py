"""Nobody gets into a conversation without its token."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.tokens import Tokens

KEY = b"k" * 32


@pytest.fixture
def tokens() -> Tokens:
    return Tokens(KEY, lifetime=100, now=lambda: 1000.0)


def test_a_token_names_its_conversation(tokens: Tokens) -> None:
    first, second = tokens.conversation(tokens.new()), tokens.conversation(tokens.new())
    assert first != second
    assert re.fullmatch("[0-9a-f]{32}", first or "")


def test_a_token_expires(tokens: Tokens) -> None:
    token = tokens.new()
    assert Tokens(KEY, now=lambda: 1099.0).conversation(token)
    assert Tokens(KEY, now=lambda: 1100.0).conversation(token) is None


def test_forged_tokens_are_refused(tokens: Tokens) -> None:
    token = tokens.new()
    version, identity, expiry, signature = token.split(".")
    _, other, _, _ = tokens.new().split(".")
    forged = [
        "",
        identity,
        token[:-1],
        token + "0",
        token.upper(),
        f" {token}",
        f"{token}\n",
        f"{version}.{identity}.{int(expiry) + 1}.{signature}",
        f"{version}.{other}.{expiry}.{signature}",
        f"{version}.{identity}.{expiry}.{'0' * 64}",
        f"v2.{identity}.{expiry}.{signature}",
        Tokens(b"x" * 32, now=lambda: 1000.0).new(),
    ]
    assert [t for t in forged if tokens.conversation(t) is not None] == []


@given(st.text(max_size=130))
def test_no_guess_is_a_token(guess: str) -> None:
    assert Tokens(KEY, now=lambda: 0.0).conversation(guess) is None


@given(st.integers(0, 2**128 - 1), st.integers(0, 10**12 - 1), st.integers(0, 2**256 - 1))
def test_no_well_formed_guess_is_a_token(identity: int, expiry: int, signature: int) -> None:
    guess = f"v1.{identity:032x}.{expiry}.{signature:064x}"
    assert Tokens(KEY, now=lambda: 0.0).conversation(guess) is None
