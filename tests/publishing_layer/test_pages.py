"""A story as PDF."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from publishing.figure_files.safe_svg import DrawingError
from publishing.pages import Slide, pages
from publishing.pictures import PictureError

DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" width="1280" height="720" viewBox="0 0 1280 720"
font-family="Reprise Figure, Arial, sans-serif"><rect width="1280" height="720" fill="#fff"/>{more}<text x="40" y="40"
font-size="24" font-weight="600">{text}</text></svg>"""


def step(text, more=""):
    return Slide(text, picture=DRAWING.format(text=text, more=more).encode(), stamp="data 0f")


def test_a_page_a_step_in_the_size_of_a_slide_whose_words_can_be_searched():
    read = PdfReader(BytesIO(pages([step("PASI fell by 75 %"), step("Relapse")], "A study")))
    assert ["PASI fell by 75 %" in read.pages[0].extract_text(), "Relapse" in read.pages[1].extract_text()] == [
        True,
        True,
    ]
    assert [float(side) for side in read.pages[0].mediabox[2:]] == pytest.approx([960, 540], abs=0.1)
    assert (read.metadata.title, read.metadata.subject) == ("A study", "data 0f")


def test_of_a_table_what_fits_is_shown_and_the_rest_told():
    rows = [["Patient", *map(str, range(20))], *([f"{'Long name ' * 9}{number}", *["3"] * 20] for number in range(40))]
    text = PdfReader(BytesIO(pages([Slide("Numbers", table=rows)], "A study"))).pages[0].extract_text()
    assert "22 of 40 rows, 12 of 21 columns shown" in text
    assert "Long name Lo…" in text


def test_no_page_is_empty():
    with pytest.raises(PictureError):
        pages([Slide("First")], "A study")


@pytest.mark.parametrize("more", ["<script>1</script>", '<image href="http://elsewhere/x.png"/>', "<text", "\x00"])
def test_a_page_holds_nothing_that_runs_or_lies_elsewhere(more):
    with pytest.raises(DrawingError):
        pages([step("First", more)], "A study")


def test_a_picture_is_no_page():
    with pytest.raises(DrawingError):
        pages([Slide("First", picture=b"\x89PNG\r\n\x1a\n\xff")], "A study")
