"""How gunicorn serves Reprise. Read by `gunicorn app:server` on its own when started in this folder."""

import html
import os
import re
from typing import Any

from werkzeug.test import Client

# Always host and port: with only PORT set, gunicorn would listen on every interface, and there is no login.
bind = f"{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('PORT') or '8050'}"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
worker_class = "gthread"
threads = 4
timeout = 120
# Off: its socket lies in one place per user, shared by every gunicorn of that user.
control_socket_disable = True


def post_worker_init(worker: Any) -> None:
    """Serve one whole page before the worker accepts connections. Dash sets itself up during its first request and
    says it is done before it is: a second request in another thread then finds scripts missing (500).
    """
    client = Client(worker.wsgi)
    prefix = "/" + (os.environ.get("URL_PREFIX") or "").strip("/")
    prefix = prefix.rstrip("/") + "/"
    page = fetched(client, prefix)
    scripts = re.findall(r'src="([^"]*/_dash-component-suites/[^"]*)"', page)
    for path in (prefix + "_dash-layout", prefix + "_dash-dependencies", *scripts):
        fetched(client, html.unescape(path))


def fetched(client: Client, path: str) -> str:
    """The body at `path`; a worker that cannot serve it does not start."""
    with client.get(path) as answer:
        if answer.status_code != 200:
            message = f"Reprise did not start: {path} answered {answer.status}"
            raise RuntimeError(message)
        return answer.get_data(as_text=True)
