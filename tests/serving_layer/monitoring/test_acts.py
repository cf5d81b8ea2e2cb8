"""Who did what is noted, on every route that does or gives something; what cannot be noted does not happen."""

import io
import json
import stat

import pytest
from flask import request

from data.uploading import audit
from data.uploading.upload_folder import kept_folders
from serving.monitoring import acts
from serving.monitoring.request_log import route_of
from serving_layer.test_who import ANNA, PROXY

pytestmark = pytest.mark.process

BERT = ANNA | {"X-Remote-User": "bert"}
FILE = "patient_id,week,pasi\nP1,0,20\nP1,4,5\n"


@pytest.fixture
def place(tmp_path):
    return tmp_path / "audit.jsonl"


@pytest.fixture(autouse=True)
def fresh():
    """Nothing is remembered of requests of before."""
    audit._last_noted.cache_clear()
    audit.REQUEST_ID.set("")


@pytest.fixture
def client(server, place):
    return server(**PROXY, AUDIT_FILE=str(place)).test_client()


def noted(place):
    return [json.loads(line) for line in place.read_text().splitlines()]


def told(place):
    """What stands in each line beside time, machine, role and request."""
    return [
        {name: line[name] for name in ("user", "act", "study", "what", "by") if name in line} for line in noted(place)
    ]


def sent(client, text=FILE, headers=ANNA):
    answer = client.post("/upload", data={"files": (io.BytesIO(text.encode()), "pasi.csv")}, headers=headers)
    return json.loads(answer.text.splitlines()[-1])["study"]


@pytest.fixture
def posted(client):
    def asked(path, headers=ANNA, **body):
        return client.post(path, json={"study": "case-series", **body}, headers=headers)

    return asked


def test_a_study_is_noted_when_it_is_opened_and_not_at_every_redraw(client, posted, place):
    for _ in range(3):
        client.get("/_dash-layout", headers=ANNA)
        assert posted("/pinned").status_code == 200
    client.get("/_dash-layout", headers=BERT)
    opened = {"act": "opened", "study": "case-series"}
    assert told(place) == [{"user": "anna", **opened}, {"user": "bert", **opened}]
    line = noted(place)[0]
    assert line["role"] == "contributor"
    assert line["machine"]
    assert len(line["request"]) == 16
    assert line["time"].endswith("+00:00")


def test_the_ways_of_an_upload_are_noted_without_its_key_its_file_and_its_patients(client, posted, place):
    key = sent(client)
    assert audit.named_here(key) in {place.name for place in kept_folders()}
    assert posted("/share", study=key, names="bert, *").status_code == 200
    assert posted("/uploaded", study=key, headers=BERT).status_code == 200
    assert posted("/pinned", study=key, headers=BERT).status_code == 200
    for _ in range(3):
        assert posted("/forget", study=key, headers=BERT).status_code == 403
    assert posted("/forget", study=key).status_code == 200
    name = audit.named_here(key)
    assert told(place) == [
        {"user": "anna", "act": "uploaded", "study": name},
        {"user": "anna", "act": "shared", "study": name, "what": "with bert, *"},
        {"user": "bert", "act": "opened", "study": name},
        {"user": "bert", "act": "refused", "study": name, "what": "deleted"},
        {"user": "anna", "act": "deleted", "study": name},
    ]
    assert not any(word in place.read_text() for word in (key, "P1", "pasi.csv"))


def test_what_leaves_is_noted_as_the_server_makes_it_or_as_the_page_tells_it(client, posted, place):
    file = {"query": {}, "date": "", "choices": {}}
    assert posted("/file", what="deidentified", **file).status_code == 200
    assert posted("/exported", what="svg").status_code == 204
    assert posted("/exported", what="svg").status_code == 204
    assert posted("/exported", what="P1's file").status_code == 204
    assert posted("/exported", what="svg", study="x" * 50).status_code == 204
    lines = [line for line in told(place) if line["act"] == "exported"]
    about = {"user": "anna", "act": "exported", "study": "case-series"}
    assert lines == [
        about | {"what": "deidentified"},
        about | {"what": "svg", "by": "page"},
        about | {"what": "file", "by": "page"},
    ]


def test_every_route_is_noted_or_is_named_as_one_that_need_not_be(server):
    app = server(**PROXY)
    found = set()
    for rule in app.url_map.iter_rules():
        with app.test_request_context():
            request.url_rule = rule
            found.add(route_of("/"))
    assert len(found) > 20
    assert found - acts.QUIET - acts.THEMSELVES == set(acts.ACTS)
    assert not acts.QUIET & set(acts.ACTS)


def test_a_new_route_is_noted_by_its_name(server, place):
    app = server(**PROXY, AUDIT_FILE=str(place))
    app._got_first_request = False
    app.add_url_rule("/brand-new", "brand-new", lambda: "given")
    assert app.test_client().get("/brand-new", headers=ANNA).text == "given"
    assert told(place) == [{"user": "anna", "act": "brand-new"}]


def test_a_stranger_writes_no_line(client, place):
    client.get("/_dash-layout")
    client.post("/forget", json={"study": "x"})
    assert not place.exists() or place.read_text() == ""


@pytest.fixture
def unwritable(place):
    place.touch(mode=0o600)
    place.chmod(0o644)  # whoever could read it could also have been let in by somebody


def test_what_cannot_be_noted_is_not_given_and_the_log_says_why(client, posted, unwritable, caplog):
    for answer in (client.get("/_dash-layout", headers=ANNA), posted("/pinned"), posted("/written")):
        assert (answer.status_code, answer.text) == (503, audit.CLOSED)
    assert "mode 600" in caplog.text
    assert "mode 600" not in answer.text


def test_an_upload_that_cannot_be_noted_is_not_kept(client, unwritable):
    before = sorted(kept_folders())
    answer = client.post("/upload", data={"files": (io.BytesIO(FILE.encode()), "pasi.csv")}, headers=ANNA)
    assert json.loads(answer.text.splitlines()[-1]) == {"refused": audit.CLOSED}
    assert sorted(kept_folders()) == before


def test_without_a_login_nothing_is_noted_unless_it_is_asked_for(server, place):
    server().test_client().get("/_dash-layout")
    assert audit.audit_file() is None
    audit._last_noted.cache_clear()
    audit.REQUEST_ID.set("")
    server(AUDIT_FILE=str(place)).test_client().get("/_dash-layout")
    assert told(place) == [{"act": "opened", "study": "case-series"}]
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
