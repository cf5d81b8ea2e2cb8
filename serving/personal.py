"""The server of `python app.py`: one process, for a person at this machine."""

from __future__ import annotations

import gc
import logging
import signal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from flask import send_file
from werkzeug.serving import WSGIRequestHandler, make_server

from serving.request import SENTENCES
from serving.startup import written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Flask, Response

    from data.catalog import Root

IDLE = 60
"""Seconds that a connection may say nothing, between requests or within one."""


class Handler(WSGIRequestHandler):
    """Ends connections that say nothing, and tells nobody which versions run here."""

    timeout = IDLE
    error_content_type = "text/plain; charset=utf-8"
    error_message_format = SENTENCES[400]

    def version_string(self) -> str:
        return "reprise"


def serve(app: Flask, host: str, port: int, prefix: str) -> None:
    """Serve until Ctrl+C or SIGTERM, which are the same here: either way what is held is given back."""
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    server = make_server(host, port, app, threaded=True, request_handler=Handler)
    gc.collect()
    gc.freeze()  # or the collector would look through all that is loaded, 50 ms of a redraw now and then
    print(f"Reprise is at http://{written(host, server.port)}{prefix} (stop with Ctrl+C)", flush=True)
    server.serve_forever()


def files_in(root: Root) -> list[Path]:
    """The files themselves: of a folder, what lies in it."""
    places = [Path(path) for path in (root if isinstance(root, tuple) else [root])]
    inside = [sorted(place.iterdir()) if place.is_dir() else [place] for place in places]
    return [file for files in inside for file in files if file.is_file() and not file.name.startswith(".")]


def give(server: Flask, prefix: str, files: Sequence[Path]) -> None:
    """Let the page have these files by their number, as if its reader had chosen them there."""

    def asked(number: int) -> Response:
        return send_file(files[number].absolute(), download_name="file", mimetype="application/octet-stream")

    for number in range(len(files)):
        server.add_url_rule(f"{prefix}asked/{number}", f"asked-{number}", partial(asked, number))


def end_as_by_hand() -> None:
    """SIGTERM is Ctrl+C from now on, and so is a terminal that is closed, unless nohup has it ignored."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) == signal.SIG_DFL:
        signal.signal(signal.SIGHUP, signal.default_int_handler)
