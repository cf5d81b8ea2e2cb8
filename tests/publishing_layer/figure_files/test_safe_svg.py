"""A drawing that somebody sent is hostile until it is taken apart."""

import base64
from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from publishing.figure_files.safe_svg import SVG, DrawingError, drawing


def svg(inside="", size='width="90mm" height="60mm"', more=""):
    return f'{more}<svg xmlns="{SVG}" xmlns:xlink="http://www.w3.org/1999/xlink" {size}>{inside}</svg>'


def picture(kind="PNG", side=2):
    content = BytesIO()
    Image.new("RGB", (side, side)).save(content, kind)
    return base64.b64encode(content.getvalue()).decode()


HOSTILE = {
    "a document type": svg(more="<!DOCTYPE svg>"),
    "entities": svg("&a;", more='<!DOCTYPE svg [<!ENTITY a "b">]>'),
    "a file as an entity": svg("&a;", more='<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
    "an instruction": svg(more='<?xml-stylesheet href="http://x.example/a.css"?>'),
    "a script": svg("<script>alert(1)</script>"),
    "a style sheet": svg("<style>@import url(http://x.example)</style>"),
    "HTML": svg('<foreignObject><p xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>'),
    "a use": svg('<use href="#a"/>'),
    "an animation": svg('<rect><animate attributeName="x"/></rect>'),
    "a link": svg('<a href="javascript:alert(1)"><text>P1</text></a>'),
    "a filter": svg('<filter id="f"/>'),
    "a picture from elsewhere": svg('<image href="http://x.example/a.png"/>'),
    "a file": svg('<image xlink:href="file:///etc/passwd"/>'),
    "an SVG in it": svg('<image href="data:image/svg+xml;base64,PHN2Zy8+"/>'),
    "no picture": svg('<image href="data:image/png;base64,AAAA"/>'),
    "a picture of another kind": svg(f'<image href="data:image/png;base64,{picture("GIF")}"/>'),
    "a paint from elsewhere": svg('<rect fill="url(http://x.example/a.svg#b)"/>'),
    "the same in a style": svg('<rect style="fill: url(//x.example/a#b)"/>'),
    "an escape": svg(r'<rect style="fill: u\72l(//x.example)"/>'),
    "no size": svg(size=""),
    "another size": svg(size='width="100%" height="60mm"'),
    "a large size": svg(size='width="9000mm" height="60mm"'),
    "depth": svg("<g>" * 100 + "</g>" * 100),
    "many parts": svg("<g/>" * 150_001),
    "no end": "<svg",
    "no SVG": '<html width="90mm" height="60mm"/>',
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_charts_do_not_need_is_refused_in_a_sentence(text):
    with pytest.raises(DrawingError) as refused:
        drawing(text)
    assert str(refused.value).endswith(".")
    assert "example" not in str(refused.value)


def test_what_charts_do_not_need_of_an_element_is_left_out():
    found = drawing(svg('<rect onclick="alert(1)" data-of="P1" class="a" x="1" style="fill: red; cursor: pointer"/>'))
    [rect] = found.root
    assert rect.attrib == {"x": "1", "fill": "red"}
    assert (found.width, found.height) == (90, 60)


def test_a_picture_within_stays_and_counts():
    kept = drawing(svg(f'<image width="2" height="2" href="data:image/png;base64,{picture()}"/>'))
    assert kept.root[0].get("href").startswith("data:image/png;base64,")
    with pytest.raises(DrawingError, match="pixels"):
        drawing(svg(f'<image href="data:image/jpeg;base64,{picture("JPEG", 7000)}"/>'))


def test_text_is_kept_as_it_is():
    found = drawing(svg("<text>a &lt;b&gt; &amp; <tspan>c</tspan> d</text>"))
    assert "".join(ET.ElementTree(found.root).getroot().itertext()) == "a <b> & c d"


@pytest.mark.parametrize("sign", ["\v", "\x01", "\uffff", "\ud800"])
def test_a_sign_that_xml_cannot_hold_is_left_out_and_hides_no_document_type(sign):
    (label,) = drawing(svg(f"<text>P{sign}1</text>")).root
    assert label.text == "P1"
    with pytest.raises(DrawingError, match="no document type"):
        drawing(svg(more=f"<{sign}!DOCTYPE svg>"))
