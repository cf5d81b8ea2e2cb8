"""What of all that is asked is noted in the audit log: everything but what is named here, so that a new route is."""

from __future__ import annotations

import logging
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING

from flask import Response

from data.access import ASKS
from data.uploading.audit import ABOUT, CLOSED, REQUEST_ID, AuditError, record, record_once
from serving.monitoring.request_log import route_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask

MINUTE = 60
"""Seconds for which the same refusal is noted once: who asks again and again fills no disk."""
QUIET = frozenset(
    {
        "page", "first", "_dash-layout", "_dash-dependencies", "_dash-update-component", "_reload-hash", "_favicon.ico",
        "_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
        "asset", "handbook", "handbook-folder", "template", "health", "ready", "metrics", "none",
        "redraw", "marks", "lanes", "resample", "uploaded", "remains", "stamp", "notes", "pinned", "pinnable", "figure",
        "check", "picture",
    }
)  # fmt: skip
"""Routes that hold no data, or draw for the page what is noted as `opened`; `check` tells of
a drawing; `figure` makes a file of one, of which the page tells when it is saved; `picture` gives back what was
sent."""
THEMSELVES = frozenset({"login", "logout", "upload", "exported"})
"""Routes that note what they did, since they alone know it."""
ACTS: Mapping[str, str] = MappingProxyType(
    {
        "file": "exported",
        "forget": "deleted",
        "pin": "pinned a note",
        "share": "shared",
        "story": "exported",
        "texts": "exported",
        "written": "exported",
        "audit": "read the audit log",
    }
)
"""What is done by asking a route; any other is called as the route is."""


def attach(server: Flask, prefix: str) -> None:
    """Note what is done on `server`; what cannot be noted is not given out, and no study is opened."""
    server.register_error_handler(AuditError, closed)
    server.after_request(lambda answer: noted(answer, route_of(prefix)))


def noted(answer: Response, route: str) -> Response:
    """The same answer, once it is noted; else a sentence."""
    is_done, is_refused = answer.status_code < 400, answer.status_code == HTTPStatus.FORBIDDEN and ASKS.get()
    if route in QUIET | THEMSELVES or not REQUEST_ID.get() or not (is_done or is_refused):
        return answer
    act, found = ACTS.get(route, route), dict(ABOUT.get())
    try:
        if is_done:
            record(act, found.pop("study", ""), **found)
        else:
            record_once(MINUTE, "refused", found.get("study", ""), act)
    except AuditError as error:
        answer.close()
        return closed(error)
    return answer


def closed(error: AuditError) -> Response:
    """What a reader is told while nothing can be noted; the log says why."""
    logging.getLogger("reprise").error("%s", error)
    return Response(CLOSED, HTTPStatus.SERVICE_UNAVAILABLE, mimetype="text/plain")
