"""Two servers on one store and one queue, behind the TLS of docs/samples/nginx.conf, with one user who may log in."""

import json
import os
import ssl
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPSConnection
from urllib.parse import urlencode, urlsplit

import psutil

from browser.serving import GUNICORN, OURS, ROOT, Served, serving
from proxying import NAME, nginx
from queueing import queue_worker, redis_server

PASSWORD = "correct horse battery"  # noqa: S105 - of the site's own user
LOGIN = "application/x-www-form-urlencoded"
PREFIX = "/reprise/"


@dataclass
class Site:
    """Two servers, the worker of their queue, and the port of the proxy in front of them."""

    first: Served
    second: Served
    worker: psutil.Process
    port: int
    trust: ssl.SSLContext
    held: ExitStack
    cookie: str = ""

    def ask(self, method, path, body=None, kind="application/json", *, of=None, **headers):
        """The answer, not read yet, by the way of the proxy; `of` one server alone."""
        if of is None:
            connection = HTTPSConnection("127.0.0.1", self.port, timeout=60, context=self.trust)
        else:
            connection = HTTPConnection("127.0.0.1", urlsplit(of.url).port, timeout=60)
        self.held.callback(connection.close)
        cookies = {"Cookie": self.cookie} if self.cookie else {}
        told = {"Host": NAME, "Content-Type": kind, **cookies, **headers}
        connection.request(method, f"{PREFIX}{path}", body, told)
        return connection.getresponse()

    def post(self, path, *, of=None, **fields):
        return self.ask("POST", path, json.dumps(fields).encode(), of=of)

    def log_in(self):
        answer = self.ask("POST", "login", urlencode({"name": "anna", "password": PASSWORD}), LOGIN)
        self.cookie = answer.getheader("Set-Cookie").partition(";")[0]
        return answer


@contextmanager
def two_servers(folder, studies, **more):
    """A site over a folder of studies, with its files in `folder`; one process each, where `more` says nothing else."""
    with ExitStack() as held, redis_server(folder) as (url, _, client):
        env = {
            "AUTH": "users", "AUTH_USERS": str(folder / "users"), "ALLOWED_HOSTS": NAME, "URL_PREFIX": PREFIX,
            "UPLOADS": str(folder / "uploads"), "REDIS_URL": url, "QUEUE_WORKERS": "1", "WEB_CONCURRENCY": "1",
            "STUDY": str(studies), **more,
        }  # fmt: skip
        add = [sys.executable, "-m", "serving.users", "add", "anna", "--role", "contributor"]
        subprocess.run(add, cwd=ROOT, env=clean(env), input=PASSWORD, text=True, check=True, stdout=subprocess.DEVNULL)
        worker, _ = held.enter_context(queue_worker(folder, env, client))
        servers = [held.enter_context(serving(studies, env, GUNICORN)) for _ in range(2)]
        port, trust = held.enter_context(nginx(folder, [urlsplit(served.url).port for served in servers]))
        yield Site(*servers, psutil.Process(worker.pid), port, trust, held)


def clean(env):
    return {name: value for name, value in os.environ.items() if name not in OURS} | env


def killed(served):
    """End a server as a machine does that loses its power."""
    master = psutil.Process(served.process.pid)
    for process in [master, *master.children(recursive=True)]:
        process.kill()
    served.process.wait(20)
