"""The route by which a story leaves."""

import json
from io import BytesIO

import pytest
from pptx import Presentation

from app import create_app
from callbacks import story as route
from publishing_layer.test_slides import png

STEP = {
    "sentence": "P1 clears",
    "notes": "Say so",
    "shown": "panel",
    "query": {"panel": "matrix"},
    "address": "lit=P1",
    "lit": "P1",
}
STORY = {"study": "case-series", "kind": "pptx", "date": "2026-01-02", "page": "http://host/", "steps": [STEP]} | {
    "here": "#lit=P1",
    "masked": False,
}


@pytest.fixture(scope="module")
def client():
    return create_app().server.test_client()


PICTURE = png()


def posted(client, story, pictures=(PICTURE,), **headers):
    files = [(BytesIO(picture), f"{at}.png") for at, picture in enumerate(pictures)]
    text = story if isinstance(story, str) else json.dumps(story)
    return client.post("/story", data={"story": text, "pictures": files}, headers=headers)


def test_a_step_becomes_a_slide_with_rules_filters_n_and_a_link(client):
    answer = posted(client, STORY)
    assert answer.status_code == 200
    [slide] = Presentation(BytesIO(answer.data)).slides
    notes = slide.notes_slide.notes_text_frame.text
    for words in (
        "Say so",
        "response: PASI",
        "all patients and weeks",
        "3 patients",
        "http://host/#lit=P1",
        "2026-01-02",
    ):
        assert words in notes, words


def test_one_file_is_nothing_that_a_browser_opens_from_here(client):
    page = {"steps": [STEP | {"query": {"panel": "response"}}], "kind": "html"}
    answer = posted(client, STORY | page, (b"",))
    assert (answer.mimetype, answer.headers["Content-Disposition"]) == ("application/octet-stream", "attachment")
    assert 'href="http://host/#lit=P1"' in answer.text
    assert "<td>P2</td>" in answer.text
    many = STORY | page | {"here": f"#lit={','.join(f'NCL-PSO-{number:04}' for number in range(1000))}"}
    assert posted(client, many, (b"",)).status_code == 200, "a thousand patients are highlighted"
    masked = posted(client, STORY | page | {"masked": True}, (b"",)).text
    assert "P2" not in masked
    assert "Privacy: de-identified" in masked


def test_pages_are_drawings_and_a_wrong_one_is_told(client):
    told = posted(client, STORY | {"kind": "pdf"})
    assert (told.status_code, "SVG" in told.text) == (400, True)
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="50"><rect width="9" height="9"/></svg>'
    made = posted(client, STORY | {"kind": "pdf"}, (drawing,))
    assert (made.status_code, made.data[:5]) == (200, b"%PDF-")


@pytest.mark.parametrize("panel", ["response", "goals"])
def test_a_step_without_picture_becomes_a_native_table(client, panel):
    story = STORY | {"steps": [STEP | {"query": {"panel": panel}}]}
    [slide] = Presentation(BytesIO(posted(client, story, (b"",)).data)).slides
    assert [shape.has_table for shape in slide.shapes].count(True) == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"steps": []}, "1 to 60 steps"),
        ({"steps": [STEP] * 61}, "1 to 60 steps"),
        ({"steps": [STEP | {"shown": "pasi"}]}, "shown must be"),
        ({"steps": [STEP, STEP]}, "one picture for each step"),
        ({"kind": "exe"}, "kind must be"),
        ({"page": "javascript:alert(1)"}, "page must be an address"),
    ],
)
def test_what_is_no_story_is_refused_in_words(client, change, said):
    answer = posted(client, STORY | change)
    assert answer.status_code == 400
    assert said in answer.get_data(as_text=True)


def test_no_json_no_png_and_no_other_site(client):
    assert posted(client, "{").status_code == 400
    refused = posted(client, STORY, (b"GIF89a",))
    assert (refused.status_code, refused.get_data(as_text=True)) == (400, "A picture that was sent is no PNG.")
    assert posted(client, STORY, Origin="http://elsewhere.example").status_code == 403


def test_pictures_are_counted(client, monkeypatch):
    monkeypatch.setattr(route, "MOST_MB", 0.0001)
    assert posted(client, STORY).status_code == 413
