"""What is sent compressed, and what of it is kept so that it is compressed once."""

from __future__ import annotations

from dash.fingerprint import check_fingerprint
from flask import Flask, Request
from flask_compress import Compress


def attach(server: Flask) -> None:
    """Gzip what is sent: brotli would take longer to write than an internal network takes to send."""
    server.config.update(
        COMPRESS_ALGORITHM=["gzip"], COMPRESS_LEVEL=4, COMPRESS_CACHE_BACKEND=_Scripts, COMPRESS_CACHE_KEY=_script
    )
    Compress(server)


class _Scripts(dict[str, bytes]):
    """Files of the installed packages, which stay the same while the server runs. Nothing else is kept: an answer may
    hold patients, and what a reader can make differ (a query, a fingerprint) would fill the memory."""

    def set(self, key: str, compressed: bytes) -> None:
        if not key.endswith(";"):
            self[key] = compressed


def _script(request: Request) -> str:
    """The package and the file that GET is answered with: as many as dash knows of; nothing for any other answer."""
    asked = request.view_args or {}
    if request.method != "GET" or "fingerprinted_path" not in asked:
        return ""
    return f"{asked['package_name']}/{check_fingerprint(asked['fingerprinted_path'])[0]}"  # type: ignore[no-untyped-call] # dash
