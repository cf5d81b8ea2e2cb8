"""Two servers on one store and one queue, behind the TLS of docs/samples/nginx.conf: what one knows the other knows, and what
one kept outlives it."""

import json
from contextlib import suppress
from http.client import HTTPException

import pytest

from benchmarks import cohort
from proxying import without_nginx
from queueing import PASSWORD, without_redis
from sites import killed, two_servers

pytestmark = [pytest.mark.slow, pytest.mark.process, without_nginx, without_redis]

PASI = "patient_id,week,pasi\nP1,0,20\nP1,4,5\n"
REDRAWN = {"pasi_scale": "percent_improvement"}
FORM = "multipart/form-data; boundary=x"
FORGED = {
    "X-Remote-User": "anna",
    "X-Forwarded-User": "anna",
    "X-Forwarded-For": "127.0.0.1",
    "Forwarded": "for=127.0.0.1",
}


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    cohort.write(folder / "studies" / "cohort", 300, subsets=2)
    with two_servers(folder, folder / "studies") as found:
        yield found


@pytest.fixture
def site(running):
    """Both servers, of which nobody is logged in yet; a test that kills one is the last."""
    running.cookie = ""
    return running


def upload(site, *, of):
    form = f'--x\r\nContent-Disposition: form-data; name="files"; filename="pasi.csv"\r\n\r\n{PASI}\r\n--x--\r\n'
    answer = site.ask("POST", "upload", form.encode(), FORM, of=of)
    return json.loads(answer.read().splitlines()[-1])["study"]


def shows(site, study, *, of=None):
    answer = site.post("redraw", of=of, study=study, query=REDRAWN, drawn={})
    return answer.status == 200 and b'"P1"' in answer.read()


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
    study = upload(site, of=site.first)
    assert shows(site, study, of=site.second)
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
    assert [shows(site, study) for _ in range(10)] == [True] * 10
    assert site.post("resample", of=site.second, job="guessed", **computing).status == 503
    assert [word for word in (study, job, "P1", PASSWORD) if word in site.first.said() + site.second.said()] == []
