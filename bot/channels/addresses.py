"""Who is at the other end: the address that limits are counted for.

An ``X-Forwarded-For`` header is whatever a client writes there, so it is believed only from the proxies that the
operator has named, and of it only what they added: the last address that is not one of theirs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

HEADER = "x-forwarded-for"
V6_SITE_BITS = 64  # one customer has all addresses of such a network
Network = IPv4Network | IPv6Network


@dataclass(frozen=True)
class Proxies:
    """The proxies in front of the bot, as networks."""

    networks: tuple[Network, ...] = ()

    @classmethod
    def named(cls, networks: Iterable[str]) -> Proxies:
        """From settings such as ``["127.0.0.1", "10.0.0.0/8"]``; ValueError for what is no address."""
        return cls(tuple(ip_network(str(network)) for network in networks))

    def client(self, peer: str, forwarded: str = "") -> str | None:
        """The address, or IPv6 network, of the person's side; None if it is this machine and so says nothing.

        ``peer`` is the other end of the connection, ``forwarded`` the header's value.
        """
        for given in (peer, *reversed(forwarded.split(","))):
            address = _address(given)
            if address is None:
                return None
            if not any(address in network for network in self.networks):
                return None if address.is_loopback else _site(address)
        return None


def is_this_machine(peer: str) -> bool:
    """Whether the other end of a connection is on loopback."""
    address = _address(peer)
    return address is not None and address.is_loopback


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address


def _site(address: IPv4Address | IPv6Address) -> str:
    if isinstance(address, IPv4Address):
        return str(address)
    return str(IPv6Network((int(address), V6_SITE_BITS), strict=False))
