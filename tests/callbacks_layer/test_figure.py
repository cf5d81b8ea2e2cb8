"""The route that makes a file of a drawing: what it answers, and what it refuses without keeping any of it."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

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


def sent(client, picture, **options):
    file = BytesIO()
    picture.save(file, "TIFF", **options)
    return client.post("/picture", data=file.getvalue(), content_type="image/tiff")


def test_a_tiff_comes_back_as_the_same_picture_without_what_was_written_beside_it(client):
    colours = Image.fromarray(np.arange(24 * 30 * 3, dtype=np.uint8).reshape(24, 30, 3))
    for compression in (None, "tiff_lzw", "tiff_adobe_deflate", "jpeg"):
        answer = sent(client, colours, compression=compression, description="Anna Beispiel, ward 3")
        assert answer.mimetype == "image/png", answer.text
        found = Image.open(BytesIO(answer.data))
        assert b"Anna" not in answer.data
        assert not found.info
        apart = np.abs(np.asarray(found.convert("RGB")).astype(int) - np.asarray(colours))
        assert apart.max() <= (0 if compression != "jpeg" else 255)
        assert found.size == colours.size


def test_a_camera_of_16_bits_is_drawn_from_black_to_white(client):
    deep = Image.fromarray(np.linspace(1_000, 5_000, 40 * 50).astype(np.uint16).reshape(40, 50))
    grey = np.asarray(Image.open(BytesIO(sent(client, deep).data)))
    assert (grey.min(), grey.max()) == (0, 255)
    assert (np.diff(grey.ravel().astype(int)) >= 0).all()


def test_a_large_tiff_is_made_smaller_and_a_bomb_is_refused_before_it_is_decoded(client):
    wide = sent(client, Image.new("1", (6_000, 2_000)), compression="group4")
    assert Image.open(BytesIO(wide.data)).size == (3_000, 1_000)
    bomb = sent(client, Image.new("1", (12_000, 11_000)), compression="group4")
    assert (bomb.status_code, "120 million" in bomb.text) == (400, True)


@pytest.mark.parametrize(
    "content", [b"", b"II*\0", b"MM\0*" + bytes(300), b"II*\0\x08\0\0\0\xff\xff" + b"\xff" * 99, b"\x89PNG"]
)
def test_what_is_no_tiff_is_refused_in_a_sentence(client, content):
    answer = client.post("/picture", data=content, content_type="image/tiff")
    assert (answer.status_code, answer.mimetype) == (400, "text/plain")
    assert "no TIFF" in answer.text
    assert client.post("/picture", data=content, content_type="image/png").status_code == 415


CHECK = {
    "study": "case-series", "query": {}, "date": "2026-01-02", "page": "http://host/#lit=P1", "profile": "elsevier",
    "asked": {"width": 190, "height": 0, "type": 7, "dpi": 300, "key": True, "grey": False},
    "measured": {
        "type": [7, 8], "line": None, "cut": [], "over": [], "inks": [["#000", "P1"]], "patients": [], "height": 90,
        "font": True, "signs": True, "illustrative": True, "says": True,
    },
}  # fmt: skip


def test_a_figure_is_checked_and_the_text_says_where_it_comes_from(client):
    found = client.post("/check", json=CHECK).json
    assert [name for name, holds, _ in found["lines"] if not holds] == ["Resolution of PNG and TIFF"]
    for words in ("for Elsevier", "The page: http://host/#lit=P1", "2026-01-02", "Privacy: not de-identified"):
        assert words in found["text"]
    assert "The page" not in client.post("/check", json=CHECK | {"page": ""}).json["text"]


@pytest.mark.parametrize("wrong", [{"measured": {}}, {"asked": {"width": 1}}, {"asked": CHECK["asked"] | {"dpi": "x"}}])
def test_what_cannot_be_checked_is_refused(client, wrong):
    answer = client.post("/check", json=CHECK | wrong)
    assert (answer.status_code, "figure's check" in answer.text) == (400, True)
