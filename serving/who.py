"""Who asks: nobody comes further than the gate here whom the way of AUTH does not know, whatever the address."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping
from ipaddress import IPv6Address, ip_address
from types import MappingProxyType
from typing import TYPE_CHECKING

from flask import request
from werkzeug.exceptions import Forbidden, Unauthorized

from data.settings import UNIX, setting
from data.who import ASKS, Reader, reader

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["attach", "reader"]

Way = Callable[[], Reader]
OPEN = frozenset({"health"})
"""Endpoints that anybody may ask, and that say nothing."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+\\-]{0,99}")
"""How somebody may be called; not two names, which a header that was sent twice would be."""
BROUGHT = "X-Proxy-Secret"
FORWARDED = re.compile(r"HTTP_(FORWARDED|VIA|X_REAL_IP|X_FORWARDED_.*|(X_)?REMOTE_USER)")
"""What proxies add to requests, as WSGI names it."""
PASSED_ON = (
    "This request was passed on by a proxy, but this server is for one person at this machine. Whoever runs it sets "
    "AUTH=proxy or AUTH=users."
)
NOT_THE_PROXY = "This server answers only what comes through its proxy, and this request does not."
UNNAMED = "The proxy in front of this server did not say who you are. Please log in there."


def attach(server: Flask) -> None:
    """Close every route of `server` but those that are OPEN, under the settings in force now. Right after the guard."""
    known = WAYS[setting("AUTH")]()

    def look() -> None:
        ASKS.set(None)
        if request.endpoint not in OPEN:
            ASKS.set(known())

    server.before_request_funcs.setdefault(None, []).insert(1, look)


def alone() -> Way:
    """AUTH=none: whoever is at this machine, without a name; 403 for what a proxy passes on."""

    def known() -> Reader:
        if any(FORWARDED.fullmatch(name) for name in request.environ):
            raise Forbidden(PASSED_ON)
        return Reader()

    return known


def by_proxy() -> Way:
    """AUTH=proxy: whom the header names, if the request comes from the proxy and brings its secret. Nobody comes in
    where header, addresses or secret are not set."""
    header, addresses, secret = (setting(f"AUTH_PROXY_{what}") for what in ("HEADER", "ADDRESSES", "SECRET"))

    def known() -> Reader:
        brought = request.headers.get(BROUGHT, "")
        is_proxy = _is_among(request.environ.get("REMOTE_ADDR") or "", addresses)
        is_same = hmac.compare_digest(brought.encode("utf-8", "replace"), secret.encode("utf-8", "replace"))
        if not (header and addresses and secret and is_proxy and is_same):
            raise Forbidden(NOT_THE_PROXY)
        return _named(request.headers.getlist(header))

    return known


def _is_among(address: str, known: tuple[object, ...]) -> bool:
    """Whether a peer lies in one of these networks; a socket of the file system has no address."""
    if not address:
        return UNIX in known
    try:
        found = ip_address(address)
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return any((mapped or found) in network for network in known if network != UNIX)  # type: ignore[operator]


def _named(said: list[str]) -> Reader:
    if not said or said == [""]:
        raise Unauthorized(UNNAMED)
    if len(said) > 1 or not NAME.fullmatch(said[0]):
        raise Forbidden(NOT_THE_PROXY)
    return Reader(said[0])


WAYS: Mapping[str, Callable[[], Way]] = MappingProxyType({"none": alone, "proxy": by_proxy})
"""What AUTH may be, and what it finds out of a request."""
