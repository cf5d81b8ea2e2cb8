"""The handbook, as it was built into .handbook, below the page: behind the same gate, under a policy of its own."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from mimetypes import guess_type
from types import MappingProxyType
from typing import TYPE_CHECKING

from flask import Flask, Response, redirect
from werkzeug.exceptions import NotFound

from components.page.handbook import FOLDER
from handbook import SITE
from serving import compression

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from werkzeug.wrappers import Response as Answer

ENDPOINT, FIRST = "handbook", "index.html"
NOT_BUILT = "The handbook was not built here. Whoever runs this server can do it: make docs, or python -m handbook."
SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


def files(site: Path = SITE) -> Mapping[str, bytes]:
    """Name in the address -> content; nothing where there is no handbook."""
    found = sorted(path for path in site.rglob("*") if path.is_file())
    return MappingProxyType({path.relative_to(site).as_posix(): path.read_bytes() for path in found})


def hashes(found: Mapping[str, bytes]) -> list[str]:
    """The scripts that stand within the pages, as a content security policy names them."""
    scripts = {
        script for name, content in found.items() if name.endswith(".html") for script in SCRIPT.findall(content)
    }
    return sorted(_hash(script) for script in scripts)


def attach(server: Flask, prefix: str, found: Mapping[str, bytes]) -> None:
    """Serve these files as the handbook of the page at `prefix`."""

    def handbook(name: str = FIRST) -> Response:
        if not found:
            raise NotFound(NOT_BUILT)
        if name not in found:
            raise NotFound
        answer = Response(found[name], mimetype=guess_type(name)[0])
        answer.add_etag()
        return compression.packed(answer)

    def without_slash() -> Answer:
        return redirect(f"{prefix}{FOLDER}/")

    server.add_url_rule(f"{prefix}{FOLDER}/", ENDPOINT, handbook)
    server.add_url_rule(f"{prefix}{FOLDER}/<path:name>", ENDPOINT, handbook)
    server.add_url_rule(f"{prefix}{FOLDER}", f"{ENDPOINT}-folder", without_slash)


def _hash(script: bytes) -> str:
    return f"'sha256-{b64encode(sha256(script).digest()).decode()}'"
