"""Who asks: nobody comes further than the gate here whom the way of AUTH does not know, whatever the address."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from flask import request
from werkzeug.exceptions import Forbidden, HTTPException, Unauthorized

from data.access import ASKS, NAME, ROLES, Reader, reader, role_of
from data.settings import setting
from serving.login import page

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.wrappers import Response as Answer

__all__ = ["add_routes", "close", "reader"]

Way = Callable[[], "Reader | Answer"]
GATE = "reprise-gate"
"""Under which name a server's `extensions` have `refusal_of`."""
OPEN = frozenset({"health", "ready", "login", "logout"})
"""Endpoints that anybody may ask, and that tell nothing of a study."""
NEEDS: Mapping[str, str] = MappingProxyType(
    {"upload": "contributor", "forget": "contributor", "share": "contributor", "metrics": "admin", "audit": "admin"}
)
"""Endpoints that ask for more than a reader."""
NOT_YOURS: Mapping[str, str] = MappingProxyType(
    {
        "contributor": "You may look at studies here, but not open or delete files. "
        "Whoever runs this server can change that.",
        "admin": "Only an administrator of this server may ask that.",
    }
)
BROUGHT = "HTTP_X_PROXY_SECRET"
FORWARDED = re.compile(r"HTTP_(FORWARDED|VIA|X_REAL_IP|X_FORWARDED_.*|(X_)?REMOTE_USER)")
"""What proxies add to requests, as WSGI names it."""
PASSED_ON = (
    "This request was passed on by a proxy, but this server is for one person at this machine. Whoever runs it sets "
    "AUTH=proxy or AUTH=users."
)
NOT_THE_PROXY = "This server answers only what comes through its proxy, and this request does not."
UNNAMED = "The proxy in front of this server did not say who you are. Please log in there."


def add_routes(server: Flask, prefix: str) -> None:
    """The routes of the login, where there is one."""
    if setting("AUTH") == "users":
        page.attach(server, prefix)


def close(server: Flask, prefix: str) -> None:
    """Close every route of `server` but those that are OPEN, under the settings in force now. Right after the guard."""
    known = WAYS[setting("AUTH")](prefix)

    def look() -> Answer | None:
        ASKS.set(None)
        found = None if request.endpoint in OPEN else known()
        if not isinstance(found, Reader):
            return found
        ASKS.set(found)
        refuse_role(found.role, request.endpoint or "")
        return None

    def forget(_error: object) -> None:
        ASKS.set(None)

    first = server.before_request_funcs.setdefault(None, [])
    first.insert(1, look)
    server.teardown_request_funcs.setdefault(None, []).append(forget)
    server.extensions[GATE] = partial(refusal_of, server, first[:2])


def refusal_of(server: Flask, looks: Sequence[Callable[[], object]], environ: dict[str, Any]) -> tuple[int, str] | None:
    """The status and the sentence with which a request will be refused, by its head alone; None if it may come in."""
    with server.request_context(environ):
        try:
            is_led_away = any(look() is not None for look in looks)
        except HTTPException as error:
            return error.code or HTTPStatus.FORBIDDEN, error.description or ""
    return (HTTPStatus.UNAUTHORIZED, page.LOG_IN) if is_led_away else None


def refuse_role(role: str, endpoint: str) -> None:
    """403 for what a role may not do."""
    needed = NEEDS.get(endpoint, ROLES[0])
    if ROLES.index(role) < ROLES.index(needed):
        raise Forbidden(NOT_YOURS[needed])


def alone(prefix: str) -> Way:
    """AUTH=none: whoever is at this machine, without a name; 403 for what a proxy passes on."""

    def known() -> Reader:
        if any(FORWARDED.fullmatch(name) for name in request.environ):
            raise Forbidden(PASSED_ON)
        return Reader()

    return known


def by_proxy(prefix: str) -> Way:
    """AUTH=proxy: whom the header names, if the request comes from the proxy and brings its secret. Nobody comes in
    where header, addresses or secret are not set."""
    header = setting("AUTH_PROXY_HEADER")

    def known() -> Reader:
        if not (header and proves_proxy(request.environ)):
            raise Forbidden(NOT_THE_PROXY)
        return _named(request.headers.getlist(header))

    return known


def proves_proxy(environ: Mapping[str, Any]) -> bool:
    """Whether a request comes from an address of the proxy of AUTH=proxy, and brings its secret."""
    addresses, secret = setting("AUTH_PROXY_ADDRESSES"), setting("AUTH_PROXY_SECRET")
    brought = str(environ.get(BROUGHT, ""))
    is_same = hmac.compare_digest(brought.encode("utf-8", "replace"), secret.encode("utf-8", "replace"))
    is_proxy = setting("AUTH") == "proxy" and _is_among(environ.get("REMOTE_ADDR") or "", addresses)
    return bool(secret and is_proxy and is_same)


def _is_among(address: str, known: tuple[object, ...]) -> bool:
    """Whether a peer lies in one of these networks."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return any((mapped or found) in network for network in known)  # type: ignore[operator]


def _named(said: list[str]) -> Reader:
    if not said or said == [""]:
        raise Unauthorized(UNNAMED)
    if len(said) > 1 or not NAME.fullmatch(said[0]):
        raise Forbidden(NOT_THE_PROXY)
    return Reader(said[0], role_of(said[0]))


def by_password(prefix: str) -> Way:
    """AUTH=users: who has logged in; all others are led to the login, or get 401."""
    return lambda: page.known() or page.stranger(prefix)


WAYS: Mapping[str, Callable[[str], Way]] = MappingProxyType({"none": alone, "proxy": by_proxy, "users": by_password})
"""What AUTH may be, and what it finds out of a request."""
