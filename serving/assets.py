"""The page's own files, Bootstrap's style sheet and plotly.js, under an address that changes with any of them.

A browser keeps them for a year. What is edited is seen when the server starts again."""

from __future__ import annotations

from hashlib import sha256
from mimetypes import guess_type
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import flask_bootstrap
from flask import Flask, Response
from werkzeug.exceptions import NotFound

from serving import bundle, compression
from serving.joined import joined

if TYPE_CHECKING:
    from collections.abc import Mapping

OURS = Path(__file__).parents[1] / "assets"
BOOTSTRAP = "bootstrap.min.css"
PLOTLY = "plotly.min.js"
ENTRY, INNER = "reprise.mjs", "browser"
"""The module that dash puts into the page, and the folder of those that it is made of, which dash must not put in."""
YEAR = 365 * 86_400
SHOWN = 16
"""Letters of the digest in the address."""


def files() -> Mapping[str, bytes]:
    """Name in the address -> content. The entry holds all modules; each by itself is there for devtools alone."""
    bootstrap = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5" / "css" / BOOTSTRAP
    ours = {path.relative_to(OURS).as_posix(): path for path in sorted(OURS.rglob("*")) if path.is_file()}
    paths = {**ours, BOOTSTRAP: bootstrap, PLOTLY: bundle.plotly_js()}
    found = {name: path.read_bytes() for name, path in paths.items()}
    return MappingProxyType(found | {PLOTLY: bundle.eager(found[PLOTLY])} | joined(found, ENTRY))


def folder(found: Mapping[str, bytes]) -> str:
    """Where these files are, below the prefix: another place whenever a name or content is another."""
    digest = sha256()
    for name, content in sorted(found.items()):
        digest.update(f"{name}\n{len(content)}\n".encode() + content)
    return f"assets/v-{digest.hexdigest()[:SHOWN]}"


def attach(server: Flask, place: str, found: Mapping[str, bytes]) -> None:
    """Serve the files below `place`, an address."""
    compression.prepare(content for name, content in found.items() if not name.startswith(f"{INNER}/"))

    def asset(name: str) -> Response:
        if name not in found:
            raise NotFound
        answer = Response(found[name], mimetype=guess_type(name)[0])
        answer.cache_control.public, answer.cache_control.max_age, answer.cache_control.immutable = True, YEAR, True
        answer.add_etag()
        return compression.packed(answer)

    server.add_url_rule(f"{place}/<path:name>", "asset", asset)
