"""Whose requests are answered at all: the one place that looks at every request before anything else does."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import request
from werkzeug.exceptions import BadRequest, Forbidden

from callbacks.bodies import MOST_BYTES
from data.settings import setting
from serving.loopback import is_loopback
from serving.startup import OPEN

if TYPE_CHECKING:
    from flask import Flask

HOST = re.compile(r"(?P<name>[a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?", re.IGNORECASE)
USUAL = {"http": ":80", "https": ":443"}
SAFE = {"GET", "HEAD", "OPTIONS"}
FOREIGN = {"cross-site", "same-site"}
UNKNOWN_HOST = (
    "This server does not answer to the name it was asked by. Whoever runs it can add that name to ALLOWED_HOSTS."
)
ELSEWHERE = (
    "This request comes from another web site, and only the page's own are answered. "
    "A proxy in front must pass the Host header on as it came."
)


def attach(server: Flask) -> None:
    """Look at every request of `server` first, under the settings in force now."""
    known, is_open = setting("ALLOWED_HOSTS"), setting("AUTH") != "none"

    def look() -> None:
        refuse_peer(request.environ.get("REMOTE_ADDR") or "", is_open=is_open)
        refuse_host(request.environ.get("HTTP_HOST") or "", known)
        if request.method not in SAFE:
            refuse_origin(request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site", ""), request.host)

    server.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    server.before_request_funcs.setdefault(None, []).insert(0, look)


def refuse_peer(address: str, *, is_open: bool) -> None:
    """403 for another machine where there is no login, should this server be bound beyond loopback all the same. A
    socket of the file system has no address."""
    if address and not is_open and not is_loopback(address):
        raise Forbidden(f"{OPEN}.")


def refuse_host(asked: str, known: Collection[str]) -> None:
    """400 for a name that is neither loopback nor known: a web site that points its own name here would otherwise read
    all it likes (DNS rebinding). Flask's TRUSTED_HOSTS knows no network and no IPv6, and lets nameless requests in."""
    found = HOST.fullmatch(asked)
    name = found["name"].lower().strip("[]") if found else ""
    if name != "localhost" and not is_loopback(name) and not _is_known(name, known):
        raise BadRequest(UNKNOWN_HOST)


def refuse_origin(origin: str | None, site: str, asked: str) -> None:
    """403 for what a browser sends on behalf of another web site. A request with neither header is a script's. Schemes
    may differ: a proxy ends TLS."""
    if site in FOREIGN or (origin is not None and not _is_same(origin, asked)):
        raise Forbidden(ELSEWHERE)


def _is_known(name: str, known: Collection[str]) -> bool:
    return bool(name) and any(name == other or (other.startswith(".") and name.endswith(other)) for other in known)


def _is_same(origin: str, asked: str) -> bool:
    try:
        scheme, place, *_ = urlsplit(origin)
    except ValueError:
        return False
    usual = USUAL.get(scheme, "")
    return bool(usual) and place.lower().removesuffix(usual) == asked.lower().removesuffix(usual)
