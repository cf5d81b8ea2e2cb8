"""What every answer tells the browser: what the page may load, who may show it, and what nobody keeps."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from flask import Response, request

from serving.index import OPENING_HASH

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dash import Dash

POLICY = MappingProxyType(
    {
        "default-src": "'none'",
        "style-src": "'self'",
        # plotly and the table write style elements and attributes
        "style-src-elem": "'self' 'unsafe-inline'",
        "style-src-attr": "'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
)
HEADERS = MappingProxyType(
    {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
)
FILES = ("asset", "template")
"""Endpoints of files that are the same for everybody and hold no patient's data; dash's own have the prefix before."""
DASH_FILES = (
    "_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
    "_dash-dependencies",
    "_favicon.ico",
)


def attach(app: Dash, others: Mapping[str, Iterable[str]] = MappingProxyType({})) -> None:
    """Set them on every answer of an app whose callbacks are all registered: some bring a script with them. `others`
    are endpoints of pages with scripts of their own, and the hashes of these."""
    usual, policies = (
        policy([*app.csp_hashes(), OPENING_HASH]),
        {name: policy(hashes) for name, hashes in others.items()},
    )
    files = {*FILES, *(app.config.routes_pathname_prefix + name for name in DASH_FILES)}

    def headed(answer: Response) -> Response:
        answer.headers.update(HEADERS)
        answer.headers["Content-Security-Policy"] = policies.get(request.endpoint or "", usual)
        if request.endpoint not in files or answer.status_code >= 400:
            answer.headers["Cache-Control"] = "no-store"
        return answer

    app.server.after_request(headed)


def policy(hashes: Iterable[str]) -> str:
    """The content security policy, with the hashes of the scripts that stand within the page."""
    scripts = " ".join(["script-src 'self'", *hashes])
    return "; ".join([scripts, *(f"{name} {value}" for name, value in POLICY.items())])
