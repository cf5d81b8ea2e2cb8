"""The route that makes a file of a drawing: what it answers, and what it refuses without keeping any of it."""

import pytest

from app import create_app
from callbacks.bodies import MOST_DRAWN

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="90mm" height="30mm" viewBox="0 0 9 3">{}</svg>'
ASKED = {"svg": SVG.format('<rect width="9" height="3" fill="#0d3b76"/>'), "kind": "svg", "dpi": 300, "grey": False}


@pytest.fixture(scope="module")
def client():
    return create_app().server.test_client()


def test_a_drawing_becomes_a_file_that_nobody_keeps(client):
    for kind, begins in (("svg", b"<svg"), ("pdf", b"%PDF"), ("png", b"\x89PNG"), ("tiff", b"II*\x00")):
        answer = client.post("/figure", json={**ASKED, "kind": kind})
        assert answer.status_code == 200, kind
        assert answer.data.startswith(begins), kind
        assert answer.headers["Cache-Control"] == "no-store"


WRONG = {
    "a script": ({"svg": SVG.format("<script/>")}, 400),
    "another kind": ({"kind": "exe"}, 400),
    "another resolution": ({"dpi": 100_000}, 400),
    "a number for a choice": ({"grey": 1}, 400),
    "something else": ({"path": "/etc/passwd"}, 400),
    "too much": ({"svg": SVG.format("<g/>" * (MOST_DRAWN // 4))}, 413),
}


@pytest.mark.parametrize(("change", "status"), WRONG.values(), ids=WRONG)
def test_what_is_no_drawing_is_refused_in_a_sentence(client, change, status):
    answer = client.post("/figure", json={**ASKED, **change})
    assert answer.status_code == status
    assert answer.mimetype == "text/plain"
    assert "passwd" not in answer.text


def test_another_web_site_is_not_answered(client):
    assert client.post("/figure", json=ASKED, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post("/figure", data="svg=1").status_code == 415
    assert client.get("/figure").status_code == 405
