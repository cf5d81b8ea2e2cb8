"""What monitors and administrators ask: on the page's own port, and on one that is theirs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from flask import Response
from prometheus_client import CONTENT_TYPE_LATEST
from werkzeug.exceptions import NotFound

from data.uploading.audit import audit_file
from publishing.stamp import version
from serving.monitoring.metrics import numbers
from serving.monitoring.readiness import reasons

if TYPE_CHECKING:
    from flask import Flask

MOST = 2_000_000
"""Bytes of the audit log that are given at once: its end."""
NO_AUDIT = "No audit log is kept here: see AUDIT_FILE in docs/serving.md."
Answered = tuple[HTTPStatus, str, bytes]


def add_routes(server: Flask, prefix: str) -> None:
    """`ready`, which anybody may ask; `metrics` and `audit`, which an admin may."""

    def respond(answer: Callable[[], Answered]) -> Callable[[], Response]:
        def made() -> Response:
            status, kind, content = answer()
            return Response(content, status, content_type=kind)

        return made

    for name, answer in {"ready": ready, "metrics": metrics, "audit": audit}.items():
        server.add_url_rule(f"{prefix}{name}", name, respond(answer))


def ready() -> Answered:
    """200 where a reader could be served now; else 503 with a sentence for what is missing."""
    return _ready({})


def _ready(more: dict[str, str]) -> Answered:
    missing = reasons()
    status = HTTPStatus.SERVICE_UNAVAILABLE if missing else HTTPStatus.OK
    found = {"status": "not ready" if missing else "ready", **({"reasons": missing} if missing else {}), **more}
    return status, "application/json", json.dumps(found).encode()


def metrics() -> Answered:
    """The numbers for Prometheus."""
    return HTTPStatus.OK, CONTENT_TYPE_LATEST, numbers()


def audit() -> Answered:
    """The last lines of the audit log."""
    place = audit_file()
    if place is None:
        raise NotFound(NO_AUDIT)
    with place.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(size - MOST, 0))
        content = file.read()
    return HTTPStatus.OK, "application/x-ndjson", content if size <= MOST else content.partition(b"\n")[2]


def monitored(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The application of METRICS_PORT: `/metrics`, `/ready` with the version, `/health`, and nothing else."""
    answer = MONITORED.get(environ["PATH_INFO"]) if environ["REQUEST_METHOD"] in {"GET", "HEAD"} else None
    status, kind, content = answer() if answer else (HTTPStatus.NOT_FOUND, "text/plain", b"Nothing is here.")
    headers = [("Content-Type", kind), ("Content-Length", str(len(content))), ("Cache-Control", "no-store")]
    start_response(f"{status.value} {status.phrase}", [*headers, ("X-Content-Type-Options", "nosniff")])
    return [content]


MONITORED: Mapping[str, Callable[[], Answered]] = MappingProxyType(
    {
        "/metrics": metrics,
        "/ready": lambda: _ready({"version": version()}),
        "/health": lambda: (HTTPStatus.OK, "application/json", b'{"status": "ok"}'),
    }
)
