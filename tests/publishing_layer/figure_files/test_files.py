"""A figure as a file: its size, its resolution, its font, and the same bytes again."""

import struct
from io import BytesIO
from xml.etree import ElementTree as ET

import pypdf
import pytest
from PIL import Image

from publishing.figure_files import fonts
from publishing.figure_files.files import KINDS, figure
from publishing.figure_files.isolated import made
from publishing.figure_files.safe_svg import DrawingError

TEXT = '<text x="10" y="20" font-size="11" fill="#e06c00">P1 ★ 4</text><text x="10" y="40" font-size="11" font-weight="700">b</text>'
DRAWN = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="90mm" height="60mm" viewBox="0 0 360 240" '
    f'font-family="{fonts.STACK}"><rect width="360" height="240" fill="#ffffff"/>{TEXT}'
    '<path d="M0 120L360 120" stroke="rgb(13, 59, 118)" stroke-width="2"/></svg>'
)
needs_font = pytest.mark.skipif(not fonts.files(), reason="the font of figures is not here: make install")


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_drawing_gives_the_same_bytes(kind):
    assert figure(DRAWN, kind, 300, grey=False) == figure(DRAWN, kind, 300, grey=False)


def test_each_kind_says_what_the_drawing_says_of_itself():
    said = "Study: Müller (data 0f)\nRules: PASI ≥ 75"
    drawn = DRAWN.replace("<rect", f"<metadata>{said}</metadata><rect", 1)
    assert said in figure(drawn, "svg", 300, grey=False).decode()
    assert pypdf.PdfReader(BytesIO(figure(drawn, "pdf", 300, grey=False))).metadata.subject == said
    with Image.open(BytesIO(figure(drawn, "png", 300, grey=False))) as picture:
        assert picture.text == {"Description": said}
    with Image.open(BytesIO(figure(drawn, "tiff", 300, grey=False))) as picture:
        assert picture.tag_v2[270] == "Study: M?ller (data 0f)\nRules: PASI >= 75"


@pytest.mark.parametrize("dpi", [300, 600])
def test_a_picture_has_the_size_on_paper_and_says_its_resolution(dpi):
    for kind in ("png", "tiff"):
        with Image.open(BytesIO(figure(DRAWN, kind, dpi, grey=False))) as picture:
            assert picture.size == (round(90 / 25.4 * dpi), round(60 / 25.4 * dpi))
            assert picture.info["dpi"] == pytest.approx((dpi, dpi), abs=0.01)
            assert picture.mode == "RGB"


def test_a_page_is_as_large_as_the_figure():
    page = pypdf.PdfReader(BytesIO(figure(DRAWN, "pdf", 300, grey=False))).pages[0]
    assert float(page.mediabox.width) == pytest.approx(90 / 25.4 * 72, abs=0.01)
    assert float(page.mediabox.height) == pytest.approx(60 / 25.4 * 72, abs=0.01)


@needs_font
def test_text_stays_text_in_an_embedded_font():
    page = pypdf.PdfReader(BytesIO(figure(DRAWN, "pdf", 300, grey=False))).pages[0]
    assert "P1 ★ 4" in page.extract_text()
    named = [font.get_object()["/BaseFont"] for font in page["/Resources"]["/Font"].values()]
    assert sorted(name.partition("+")[2] for name in named) == ["RepriseFigure-400", "RepriseFigure-700"]
    svg = figure(DRAWN, "svg", 300, grey=False).decode()
    assert svg.count("@font-face") == 2
    assert svg.count(">P1 ★ 4</text>") == 1


def test_grey_has_no_colour_and_keeps_its_lightness():
    with Image.open(BytesIO(figure(DRAWN, "png", 300, grey=True))) as picture:
        assert picture.mode == "L"
        grey = picture.getpixel((500, 354))
    assert grey == pytest.approx(59, abs=2)  # of #0d3b76, whose luminance is 0.044
    svg = figure(DRAWN, "svg", 300, grey=True).decode()
    assert "#e06c00" not in svg
    assert "rgb(13" not in svg


def test_what_is_sent_as_a_file_is_made_in_another_process_with_a_sentence_where_it_is_refused():
    png = made(DRAWN, "png", 300, grey=False)
    assert struct.unpack(">II", png[16:24]) == (1063, 709)
    with pytest.raises(DrawingError, match="choose fewer dpi"):
        made(DRAWN.replace('"90mm"', '"500mm"').replace('"60mm"', '"500mm"'), "png", 1000, grey=False)


def test_a_drawing_is_valid_xml():
    assert ET.fromstring(figure(DRAWN, "svg", 300, grey=False)).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314


def test_without_the_font_a_figure_has_one_of_the_system(tmp_path, monkeypatch):
    monkeypatch.setattr(fonts, "FOLDER", tmp_path)
    assert fonts.for_browsers() == {}
    assert "@font-face" not in figure(DRAWN, "svg", 300, grey=False).decode()
    page = pypdf.PdfReader(BytesIO(figure(DRAWN, "pdf", 300, grey=False))).pages[0]
    assert "P1" in page.extract_text()
    with Image.open(BytesIO(figure(DRAWN, "png", 300, grey=False))) as picture:
        assert picture.crop((0, 0, 500, 300)).convert("L").getextrema()[0] < 160


@pytest.mark.slow
def test_a_page_of_a_journal_at_the_finest_resolution_is_made():
    tiff = made(DRAWN.replace('"90mm"', '"190mm"').replace('"60mm"', '"247mm"'), "tiff", 1000, grey=False)
    with Image.open(BytesIO(tiff)) as picture:
        assert picture.size == (7480, 9724)
