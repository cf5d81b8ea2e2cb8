"""A story as one HTML file: whom it names, what it hides, and that nothing in it came to run."""

import gzip
import json
import re
from base64 import b64decode
from html import unescape

import pytest

from publishing import story_file as module
from publishing.figure_files.safe_svg import DrawingError
from publishing.live_drawing import live, markup
from publishing.pages import Slide
from publishing.pictures import PictureError
from publishing.story_file import Told, story_file

SVG = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
DRAWN = f"""<svg {SVG} width="90" height="50"><metadata>Anna</metadata><defs><clipPath id="c"><rect/></clipPath></defs>
<g clip-path="url(#c)"><text data-of="Anna">An…</text></g><text x="1">Berta, week 4</text></svg>"""
PEOPLE = ("Berta", "Anna", "Clara")


def sent(text=DRAWN, overlays=(("Anna", "<path d='M0 0'/>"),), **more):
    told = [[1.4, 2, 3, 4, "Anna", "Anna, week 4\nPASI 3\nseen by Dr X"]]
    parts = {"text": text, "width": 90, "height": 50, "overlays": dict(overlays), "told": told}
    return gzip.compress(json.dumps(parts | more).encode())


STEPS = (
    Slide("Anna clears", "1 of 3", sent(), careful="Careful", told="Dr X said", about="Study: A study", lit="Anna"),
    Slide("As numbers", table=[["Patient", "PASI"], ["Berta", "3"]]),
)


def made(steps=STEPS, **how):
    content = story_file(steps, Told("A study", PEOPLE, about="data 0f", link="http://host/#lit=Anna", **how)).decode()
    packed = re.search(r'id="data">(.*?)</script>', content)[1]
    return content, json.loads(gzip.decompress(b64decode(packed)))


def test_who_is_drawn_or_stands_in_a_table_can_be_highlighted_in_the_order_of_the_study():
    content, data = made()
    assert data["people"] == ["Berta", "Anna"]
    assert data["hits"] == [[[1, 2, 3, 4, 1, "Anna, week 4\nPASI 3\nseen by Dr X"]], []]
    assert [len(one) for one in data["over"]] == [2, 0]
    assert re.findall(r'data-lit="(.*?)"', content) == ["1", "-1"]
    assert '<tr data-p="0">' in content
    assert "Dr X said" in content
    assert "Anna</text>" in content, "a name that was cut for the chart is whole here"
    assert content.count("<script") == 2


def test_a_masked_file_has_no_id_no_notes_no_title_and_no_way_back():
    content, data = made(masked=True)
    whole = unescape(content) + json.dumps(data)
    assert not re.search("Anna|Berta|Clara|Dr X|A study|http://host", whole)
    assert {"Pt 1", "Pt 2"} <= set(re.findall(r"Pt \d", whole))
    with pytest.raises(PictureError, match="de-identified copy"):
        story_file(STEPS, Told("A study", ["1", "2"], masked=True))


def test_ids_of_one_drawing_are_not_those_of_another():
    content, _ = made((STEPS[0], STEPS[0]))
    for at in range(2):
        assert f'id="s{at}-c"' in content
        assert f"url(#s{at}-c)" in content


def test_as_many_can_be_highlighted_as_the_size_allows(monkeypatch):
    monkeypatch.setattr(module, "MOST", 1)
    content, data = made()
    assert "0 of 2 patients can be highlighted" in content
    assert [len(one) for one in data["over"]] == [0, 0]


@pytest.mark.parametrize(
    "wrong",
    [
        "<script>1</script>", "<foreignObject/>", '<image href="http://elsewhere/x.png"/>', "<style/>", "<text", "<!--x-->",
        '<image xlink:href="javascript:1"/>', '<rect fill="url(http://elsewhere/)"/>', '<rect style="fill:url(//x)"/>',
    ],
)  # fmt: skip
def test_nothing_runs_or_lies_elsewhere(wrong):
    for text in (DRAWN.replace("<defs>", f"{wrong}<defs>"), f"<g {SVG}>{wrong}</g>"):
        with pytest.raises(DrawingError):
            markup(text, 0, str)


def test_what_unpacks_to_more_than_its_share_is_refused(monkeypatch):
    monkeypatch.setattr("publishing.live_drawing.MOST_UNPACKED", 2000)
    assert made((STEPS[0],))
    with pytest.raises(DrawingError, match="too large"):
        made((STEPS[0],) * 9)


def test_what_would_run_on_an_event_is_left_out():
    assert "onload" not in markup(f'<svg {SVG} onload="1"><rect OnClick="1"/></svg>', 0, str).lower()


@pytest.mark.parametrize(
    "wrong", [b"", b"PK", gzip.compress(b"[]"), gzip.compress(b'{"text": 1}'), sent(told=[[1]]), sent(width="x")]
)
def test_what_is_no_step_is_refused(wrong):
    with pytest.raises(DrawingError, match="cannot be read"):
        live(wrong)
