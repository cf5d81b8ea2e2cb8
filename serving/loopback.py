"""Which names and addresses are this machine's own."""

from __future__ import annotations

import socket
from ipaddress import IPv6Address, ip_address


def is_loopback(address: str) -> bool:
    """Whether an IP address, with or without brackets, is one that only this machine reaches; False for a name."""
    try:
        known = ip_address(address.strip("[]"))
    except ValueError:
        return False
    mapped = known.ipv4_mapped if isinstance(known, IPv6Address) else None
    return (mapped or known).is_loopback


def listens_to_loopback(host: str) -> bool:
    """Whether a server that listens at `host` is reached from this machine alone. A name is as open as any of its
    addresses, and one that is not known counts as open."""
    if is_loopback(host):
        return True
    try:
        found = socket.getaddrinfo(host or "0.0.0.0", None)  # noqa: S104 - an empty host means every interface
    except OSError:
        return False
    return all(is_loopback(str(place[0])) for *_, place in found)
