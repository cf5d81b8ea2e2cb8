"""A drawing as other programs take it."""

from xml.etree import ElementTree as ET

from publishing.figure_files.tidy import tidy

SVG = "{http://www.w3.org/2000/svg}"
DRAWN = """<svg xmlns="http://www.w3.org/2000/svg" font-family="Arial"><clipPath id="clip0e0024xy"/>
<g clip-path="url('#clip{lot}xy')" id="g{lot}"><text y="10" font-size="20" dominant-baseline="central" fill="#e06c00"
font-family="serif">P1</text></g><rect fill="url(#other)"/></svg>"""


def tidied(lot):
    root = ET.fromstring(DRAWN.replace("{lot}", lot).replace("0e0024", lot))  # noqa: S314 - ours
    tidy(root)
    return root


def test_nothing_is_named_by_lot_and_references_follow():
    assert ET.tostring(tidied("0e0024")) == ET.tostring(tidied("ffffff"))
    root = tidied("0e0024")
    assert root.find(f"{SVG}g").attrib == {"clip-path": "url(#p1)", "id": "p2"}
    assert root.find(f"{SVG}rect").get("fill") == "url(#other)"


def test_texts_stand_on_their_feet_dark_enough_in_the_font_of_the_whole():
    root = tidied("a")
    assert root.find(f".//{SVG}text").attrib == {"y": "17", "font-size": "20", "fill": "rgb(187, 89, 0)"}
    assert root.get("font-family") == "Arial"
