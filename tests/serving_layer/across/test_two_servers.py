"""Two servers on one store and one queue, behind the TLS of docs/samples/nginx.conf: what one knows the other knows, and what
one kept outlives it."""

import json
import os
import ssl
import subprocess
import sys
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlencode, urlsplit

import psutil
import pytest

from benchmarks import cohort
from browser.serving import GUNICORN, OURS, ROOT, Served, serving
from proxying import NAME, nginx, without_nginx
from queueing import PASSWORD as REDIS_PASSWORD
from queueing import queue_worker, redis_server, without_redis

pytestmark = [pytest.mark.slow, pytest.mark.process, without_nginx, without_redis]

PASSWORD = "correct horse battery"  # noqa: S105 - of the test's own user
PASI = "patient_id,week,pasi\nP1,0,20\nP1,4,5\n"
REDRAWN = {"pasi_scale": "percent_improvement"}
FORM = "multipart/form-data; boundary=x"
FORGED = {
    "X-Remote-User": "anna",
    "X-Forwarded-User": "anna",
    "X-Forwarded-For": "127.0.0.1",
    "Forwarded": "for=127.0.0.1",
}


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
        connection.request(method, f"/reprise/{path}", body, told)
        return connection.getresponse()

    def post(self, path, *, of=None, **fields):
        return self.ask("POST", path, json.dumps(fields).encode(), of=of)

    def log_in(self):
        answer = self.ask(
            "POST", "login", urlencode({"name": "anna", "password": PASSWORD}), "application/x-www-form-urlencoded"
        )
        self.cookie = answer.getheader("Set-Cookie").partition(";")[0]
        return answer

    def upload(self, *, of):
        form = f'--x\r\nContent-Disposition: form-data; name="files"; filename="pasi.csv"\r\n\r\n{PASI}\r\n--x--\r\n'
        answer = self.ask("POST", "upload", form.encode(), FORM, of=of)
        return json.loads(answer.read().splitlines()[-1])["study"]

    def shows(self, study, *, of=None):
        answer = self.post("redraw", of=of, study=study, query=REDRAWN, drawn={})
        return answer.status == 200 and b'"P1"' in answer.read()


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    tmp_path = tmp_path_factory.mktemp("site")
    with ExitStack() as held, redis_server(tmp_path) as (url, _, client):
        cohort.write(tmp_path / "studies" / "cohort", 300, subsets=2)
        env = {
            "AUTH": "users", "AUTH_USERS": str(tmp_path / "users"), "ALLOWED_HOSTS": NAME, "URL_PREFIX": "/reprise/",
            "UPLOADS": str(tmp_path / "uploads"), "REDIS_URL": url, "QUEUE_WORKERS": "1", "WEB_CONCURRENCY": "1",
            "STUDY": str(tmp_path / "studies"),
        }  # fmt: skip
        command = [sys.executable, "-m", "serving.users", "add", "anna", "--role", "contributor"]
        subprocess.run(
            command, cwd=ROOT, env=clean(env), input=PASSWORD, text=True, check=True, stdout=subprocess.DEVNULL
        )
        worker, _ = held.enter_context(queue_worker(tmp_path, env, client))
        servers = [held.enter_context(serving(tmp_path / "studies", env, GUNICORN)) for _ in range(2)]
        ports = [urlsplit(served.url).port for served in servers]
        port, trust = held.enter_context(nginx(tmp_path, ports))
        yield Site(*servers, psutil.Process(worker.pid), port, trust, held)


@pytest.fixture
def site(running):
    """Both servers, of which nobody is logged in yet; a test that kills one is the last."""
    running.cookie = ""
    return running


def clean(env):
    return {name: value for name, value in os.environ.items() if name not in OURS} | env


def killed(served):
    """End a server as a machine does that loses its power."""
    master = psutil.Process(served.process.pid)
    for process in [master, *master.children(recursive=True)]:
        process.kill()
    served.process.wait(20)


def lines(answer):
    """Each line that is told, to the end or until the connection breaks."""
    with suppress(OSError, HTTPException):
        for line in answer:
            if line.strip():
                yield json.loads(line)


def test_nobody_comes_in_by_the_proxy_without_a_login_and_a_session_is_one_of_both_servers(site):
    for path, headers in (("", {}), ("_dash-layout", {}), ("template.xlsx", FORGED), ("login/../redraw", FORGED)):
        answer = site.ask("GET", path, **headers)
        assert answer.status in {303, 401, 404, 405}, path
        assert b"cohort" not in answer.read()
    assert site.ask("POST", "redraw", b"{}", **FORGED).status == 401
    answer = site.log_in()
    flags = {flag.strip() for flag in answer.getheader("Set-Cookie").split(";")}
    assert flags >= {"Secure", "HttpOnly", "SameSite=Lax", "Path=/reprise/"}
    assert answer.getheader("Location") == "/reprise/"
    assert answer.getheader("Strict-Transport-Security") == "max-age=31536000"
    assert [site.ask("GET", "", of=one).status for one in (None, site.first, site.second)] == [200] * 3
    site.ask("POST", "logout", b"", of=site.first)
    assert site.ask("GET", "_dash-layout", of=site.second).status == 401


def test_the_proxy_refuses_what_is_larger_than_an_upload_may_be(site):
    answer = site.ask("POST", "upload", None, FORM, **{"Content-Length": str(201 * 1024 * 1024)})
    assert answer.status == 413
    assert b"nginx" in answer.read()


def test_what_one_server_knows_the_other_does_and_what_it_kept_outlives_it(site):
    site.log_in()
    study = site.upload(of=site.first)
    assert site.shows(study, of=site.second)
    computing = {"study": "cohort", "query": {}, "kind": "permutation"}
    told = lines(site.post("resample", of=site.first, **computing))
    job = next(told)["job"]
    assert next(told)["done"]
    child = site.worker.children()[0]
    child.suspend()
    killed(site.first)
    assert not any(line["text"] for line in told), "it broke off"
    child.resume()
    *_, last = lines(site.post("resample", of=site.second, job=job, **computing))
    assert last["text"].startswith("Permutation p = ")
    *_, again = lines(site.post("resample", **computing))
    assert again == last
    assert [site.shows(study) for _ in range(10)] == [True] * 10
    assert site.post("resample", of=site.second, job="guessed", **computing).status == 503
    assert [word for word in (study, job, "P1", REDIS_PASSWORD) if word in site.first.said() + site.second.said()] == []
