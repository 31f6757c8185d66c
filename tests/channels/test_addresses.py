"""Whose address counts, and who may write one into a header."""

from __future__ import annotations

import pytest

from bot.channels.addresses import Proxies, is_this_machine

NGINX = ("127.0.0.1", "10.0.0.0/8", "fd00::/8")


@pytest.mark.parametrize(
    ("named", "peer", "forwarded", "client"),
    [
        ((), "192.0.2.7", "", "192.0.2.7"),
        ((), "192.0.2.7", "198.51.100.1", "192.0.2.7"),  # nobody named a proxy: a header is no proof
        (NGINX, "192.0.2.7", "198.51.100.1", "192.0.2.7"),  # not from a proxy
        (NGINX, "127.0.0.1", "198.51.100.1", "198.51.100.1"),
        (NGINX, "127.0.0.1", "203.0.113.9, 198.51.100.1", "198.51.100.1"),  # the first one is what the client wrote
        (NGINX, "127.0.0.1", "203.0.113.9, 198.51.100.1, 10.1.2.3", "198.51.100.1"),
        (NGINX, "127.0.0.1", "10.1.2.3", None),
        (NGINX, "127.0.0.1", "", None),
        (NGINX, "127.0.0.1", "unknown", None),
        ((), "127.0.0.1", "198.51.100.1", None),
        ((), "::1", "", None),
        ((), "::ffff:192.0.2.7", "", "192.0.2.7"),
        ((), "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        (NGINX, "fd00::1", "2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ((), "", "", None),
    ],
)
def test_the_client(named: tuple[str, ...], peer: str, forwarded: str, client: str | None) -> None:
    assert Proxies.named(named).client(peer, forwarded) == client


@pytest.mark.parametrize("wrong", ["", "nginx", "10.0.0.1/8", "300.0.0.1"])
def test_only_networks_can_be_named(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"does not appear|host bits"):
        Proxies.named([wrong])


@pytest.mark.parametrize(
    ("peer", "here"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("192.0.2.7", False),
        ("", False),
    ],
)
def test_this_machine(peer: str, here: int) -> None:
    assert is_this_machine(peer) == bool(here)
