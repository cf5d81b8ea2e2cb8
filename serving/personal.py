"""The server of `python app.py`: one process, for a person at this machine."""

from __future__ import annotations

import logging
import signal
from typing import TYPE_CHECKING

from werkzeug.serving import WSGIRequestHandler, make_server

from serving.request import SENTENCES
from serving.startup import written

if TYPE_CHECKING:
    from flask import Flask

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
    print(f"Reprise is at http://{written(host, server.port)}{prefix} (stop with Ctrl+C)", flush=True)
    server.serve_forever()


def end_as_by_hand() -> None:
    """SIGTERM is Ctrl+C from now on, and so is a terminal that is closed, unless nohup has it ignored."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) == signal.SIG_DFL:
        signal.signal(signal.SIGHUP, signal.default_int_handler)
