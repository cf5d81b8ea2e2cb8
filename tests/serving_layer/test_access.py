"""Roles, and who sees which study: what somebody may not see does not exist for them."""

import shutil

import pytest

from data.access import AccessError, access
from data.catalog import BUNDLED
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
BARE = {"written": {}, "uploaded": {}}


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
