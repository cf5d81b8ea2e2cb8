"""Roles, and who sees which study: what somebody may not see does not exist for them."""

import json
import shutil

import pytest

from data.access import AccessError, access
from data.catalog import BUNDLED
from kept import kept_in, retell
from serving_layer.test_who import ANNA, PROXY

pytestmark = pytest.mark.process

EVE = ANNA | {"X-Remote-User": "eve"}
LISTED = '[studies]\nopen-one = ["*"]\nhidden-one = ["anna"]\n[roles]\nanna = "contributor"\n'
QUERIED = {"query": {}}
ROUTES = {
    "redraw": {"drawn": {}},
    "notes": {"views": []},
    "marks": {"views": []},
    "lanes": {"patient": "P1"},
    "resample": {"kind": "interval"},
    "texts": {"what": "methods", "lit": [], "parts": [], "view": ""},
    "file": {"what": "checklist", "date": "2026-01-01", "choices": {}},
    "remains": {"choices": {}},
}
BARE = {"written": {}, "uploaded": {}, "pinned": {}}


@pytest.fixture
def asked(server, tmp_path):
    """asked(text) -> a client of a server over two studies, under this access.toml, and the file."""
    for name in ("open one", "hidden one"):
        shutil.copytree(BUNDLED, tmp_path / "studies" / name)
        toml = tmp_path / "studies" / name / "study.toml"
        toml.write_text(toml.read_text().replace('title = "', f'title = "{name.upper()}: ', 1))
    file = tmp_path / "access.toml"

    def made(text=LISTED, **env):
        file.write_text(text)
        settings = {"STUDY": str(tmp_path / "studies"), "ACCESS": str(file), "UPLOADS": str(tmp_path / "uploads")}
        return server(**PROXY, **settings, **env).test_client(), file

    return made


def told(client, route, study, headers):
    """What a route says of a study."""
    body = {"study": study} | (BARE[route] if route in BARE else QUERIED | ROUTES[route])
    answer = client.post(f"/{route}", json=body, headers=headers, buffered=True)
    return answer.status_code, answer.data


@pytest.mark.parametrize("route", [*ROUTES, *BARE])
def test_what_one_may_not_see_is_answered_like_what_is_not_there(asked, route):
    client, _ = asked()
    hidden = told(client, route, "hidden-one", EVE)
    assert hidden == told(client, route, "never-there", EVE)
    assert hidden[0] in {400, 404}
    if route != "uploaded":
        assert told(client, route, "hidden-one", ANNA)[0] == told(client, route, "open-one", EVE)[0]


def test_most_routes_answer_who_may_see_it(asked):
    client, _ = asked()
    found = {route: told(client, route, "hidden-one", ANNA)[0] for route in ("redraw", "marks", "lanes", "written")}
    assert set(found.values()) == {200}


def test_no_list_and_no_title_names_it(asked):
    client, _ = asked()
    for address in ("/", "/_dash-layout"):
        text = client.get(address, headers=EVE).text.lower()
        assert [word for word in ("hidden-one", "hidden one") if word in text] == []
    first = client.get("/_dash-layout", headers=EVE).text
    found = [word for word in ("OPEN ONE", "Logged in as eve") if word in first]
    assert found == ["OPEN ONE", "Logged in as eve"]
    assert client.get("/_dash-layout", headers=ANNA).text.count("hidden-one") > 0


@pytest.mark.parametrize("address", ["", "#study=hidden-one", "#study=hidden%2Done&panel=rates"])
def test_no_address_opens_it(asked, address):
    client, _ = asked()
    pages = {who["X-Remote-User"]: client.post("/first", json={"address": address}, headers=who) for who in (EVE, ANNA)}
    assert {page.status_code for page in pages.values()} == {200}
    assert pages["eve"].text.count("OPEN ONE") > 0
    assert [word for word in ("hidden-one", "hidden one") if word in pages["eve"].text.lower()] == []
    assert pages["anna"].text.count("HIDDEN ONE") > 0


def test_a_change_counts_from_the_next_request_on(asked):
    client, file = asked()
    file.write_text(LISTED.replace('"anna"]', '"anna", "eve"]'))
    assert told(client, "marks", "hidden-one", EVE)[0] == 200
    file.write_text('[studies]\n[roles]\nanna = "reader"\n')
    assert told(client, "marks", "hidden-one", EVE)[0] == 404
    assert client.post("/upload", headers=ANNA).status_code == 403


def test_who_may_see_none_has_the_published_one(asked):
    client, _ = asked("[studies]\n")
    text = client.get("/_dash-layout", headers=EVE).text
    assert text.count('"case-series"') > 0
    assert text.count("HIDDEN ONE") == 0
    assert told(client, "marks", "case-series", EVE)[0] == 200


def test_a_reader_sends_and_deletes_nothing(asked):
    client, _ = asked()
    for route in ("/upload", "/forget"):
        assert client.post(route, json={"study": "x"}, headers=EVE).status_code == 403
        assert client.post(route, json={"study": "x"}, headers=ANNA).status_code in {400, 404}


@pytest.mark.parametrize(
    "text",
    ["[studies", '[studies]\na = "anna"', '[roles]\nanna = "king"', "[stuff]", "[studies]\na = [1]", "studies = 1"],
)
def test_a_mistake_in_the_file_closes_everything_and_is_a_sentence(asked, text):
    client, file = asked()
    file.write_text(text)
    with pytest.raises(AccessError, match="Correct it"):
        access()
    assert client.get("/_dash-layout", headers=ANNA).status_code == 500
    assert told(client, "marks", "open-one", ANNA)[0] == 500


@pytest.fixture
def sent(asked):
    """A client, and the key of what Anna uploaded."""
    client, _ = asked(LISTED + 'bert = "contributor"\n')
    files = {"files": [(BUNDLED / "pasi.csv").open("rb")]}
    with client.post("/upload", data=files, headers=ANNA, content_type="multipart/form-data") as answer:
        made = json.loads(answer.text.strip().splitlines()[-1])
    files["files"][0].close()
    return client, made["study"]


def shares(client, key, names, headers=ANNA):
    return client.post("/share", json={"study": key, "names": names}, headers=headers).status_code


OPENED = ("marks", "redraw", "pinned", "written", "uploaded")


def seen(client, key, headers):
    """The statuses of routes that tell of an upload."""
    return {told(client, route, key, headers)[0] for route in OPENED}


def test_an_upload_is_seen_by_who_sent_it_and_by_whom_it_is_shared_with(sent):
    client, key = sent
    assert seen(client, key, ANNA) == {200}
    assert seen(client, key, EVE) == {404}
    for route in OPENED:
        assert told(client, route, key, EVE) == told(client, route, "x" * 43, EVE)
    assert shares(client, key, "eve, bert") == 200
    assert seen(client, key, EVE) == {200}
    assert shares(client, key, "bert") == 200
    assert seen(client, key, EVE) == {404}
    assert shares(client, key, "*") == 200
    assert seen(client, key, EVE) == {200}


def test_only_who_sent_it_shares_and_deletes_it(sent):
    client, key = sent
    bert = ANNA | {"X-Remote-User": "bert"}
    assert shares(client, key, "bert", bert) == 404
    shares(client, key, "bert")
    assert shares(client, key, "*", bert) == 403
    assert client.post("/forget", json={"study": key}, headers=bert).status_code == 403
    assert shares(client, key, "a b") == 400
    assert seen(client, key, bert) == {200}
    assert client.post("/forget", json={"study": key}, headers=ANNA).status_code == 200
    assert seen(client, key, ANNA) == {404}


def test_an_owner_that_cannot_be_read_is_nobody(sent, tmp_path):
    client, key = sent
    (place,) = kept_in(tmp_path / "uploads")
    for owner in ({}, 5, "", ["anna"], False):
        retell(place, owner=owner)
        assert seen(client, key, ANNA) == {404}
    retell(place, owner="anna", shared="anna")
    assert seen(client, key, ANNA) == {404}
    retell(place, shared=[])
    assert seen(client, key, ANNA) == {200}
    retell(place, owner=None)  # as of before there was a login
    assert seen(client, key, EVE) == {200}


def test_notes_of_a_hidden_study_are_not_those_of_the_bundled_one_of_its_name(asked, tmp_path):
    client, file = asked()
    (tmp_path / "studies" / "hidden one").rename(tmp_path / "studies" / "case series")
    file.write_text('[studies]\ncase-series = ["anna"]\n[roles]\nanna = "contributor"\n')
    note = {"kind": "step", "patient": "", "week": None, "of": "#", "text": "secret", "id": "", "version": 0}
    client.post("/pin", json={"study": "case-series", **note}, headers=ANNA)
    assert client.post("/pinned", json={"study": "case-series"}, headers=ANNA).text.count("secret") == 1
    assert client.post("/pinned", json={"study": "case-series"}, headers=EVE).text.count("secret") == 0
