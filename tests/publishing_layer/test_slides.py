"""A story as slides: what stands on each, and that LibreOffice opens it."""

import shutil
import subprocess
from io import BytesIO
from zlib import crc32

import pytest
from PIL import Image
from pptx import Presentation
from pypdf import PdfReader

from publishing.pages import Slide
from publishing.pictures import PictureError, checked_png
from publishing.slides import MOST_ROWS, deck


def png(size=(370, 170)):
    written = BytesIO()
    Image.new("RGB", size, "white").save(written, "PNG")
    return written.getvalue()


TABLE = [["Patient", "PASI"], *([f"P{number}", "–"] for number in range(20))]
SLIDES = (
    Slide("<b>First</b>", "1 of 3", png(), (), "What it shows", "Say this\nn = 3", "http://host/#lit=P1", "data 0f"),
    Slide("Second", table=TABLE, notes="A table", stamp="data 0e"),
)


def opened(content):
    return Presentation(BytesIO(content))


def texts(slide):
    return [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]


def test_a_slide_has_title_picture_words_for_it_notes_and_a_link_back():
    made = opened(deck(SLIDES, "A study"))
    assert made.slide_width / made.slide_height == pytest.approx(16 / 9, rel=1e-3)
    first = made.slides[0]
    assert first.shapes.title.text_frame.text == "<b>First</b>"
    [picture] = [shape for shape in first.shapes if shape.shape_type == 13]
    assert picture._element.nvPicPr.cNvPr.get("descr") == "What it shows"
    assert picture.width / picture.height == pytest.approx(370 / 170, rel=1e-3)
    assert picture.left >= 0
    assert picture.left + picture.width <= made.slide_width
    assert first.notes_slide.notes_text_frame.text == "Say this\nn = 3"
    links = [run.hyperlink.address for shape in first.shapes if shape.has_text_frame
             for run in shape.text_frame.paragraphs[0].runs]  # fmt: skip
    assert "http://host/#lit=P1" in links
    assert {"1 of 3", "data 0f"} <= set(texts(first))
    assert any(text.endswith("data 0e") for text in texts(made.slides[1])), "each slide says what it stands on"


def test_a_table_is_native_and_says_what_it_leaves_out():
    second = opened(deck(SLIDES, "A study")).slides[1]
    [table] = [shape.table for shape in second.shapes if shape.has_table]
    assert len(table.rows) == MOST_ROWS + 1
    assert [table.cell(1, place).text_frame.text for place in (0, 1)] == ["P0", "–"]
    assert f"{MOST_ROWS} of 20 rows" in " ".join(texts(second))


@pytest.mark.skipif(not shutil.which("soffice"), reason="soffice (LibreOffice) is not on this machine")
def test_libreoffice_opens_it_with_a_page_a_slide(tmp_path):
    (tmp_path / "story.pptx").write_bytes(deck(SLIDES, "A study"))
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'home').as_uri()}", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", str(tmp_path), str(tmp_path / "story.pptx")], check=True, timeout=120, capture_output=True)  # fmt: skip
    pages = PdfReader(tmp_path / "story.pdf").pages
    assert len(pages) == 2
    assert "First" in pages[0].extract_text()
    assert len(pages[0].images) == 1


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", png()[:-30], b"<svg/>"])
def test_what_is_no_whole_png_is_refused(content):
    with pytest.raises(PictureError):
        checked_png(content)


def test_a_picture_is_no_larger_than_a_slide_needs():
    assert checked_png(png()) == png()
    with pytest.raises(PictureError, match="8,000"):
        checked_png(png((8001, 1)))


@pytest.mark.parametrize("sign", ["\0", "\x1b", "\ud800", "\uffff"])
def test_signs_that_no_slide_can_hold_are_left_out_everywhere(sign):
    odd = f"a{sign}b"
    slides = [Slide(odd, odd, png(), (), odd, odd, f"http://host/#{odd}", odd), Slide(odd, table=[[odd], [odd]])]
    first, second = opened(deck(slides, odd)).slides
    assert first.shapes.title.text_frame.text == "ab"
    assert first.notes_slide.notes_text_frame.text == "ab"
    assert [shape.table.cell(1, 0).text for shape in second.shapes if shape.has_table] == ["ab"]


def test_a_line_from_powerpoint_and_spaces_that_do_not_break_stay_apart():
    made = opened(deck([Slide("First\vline", "10\xa0mg, n\u202f=\u202f3", notes="one\vtwo")], "A study"))
    assert "10\xa0mg, n\u202f=\u202f3" in texts(made.slides[0])
    assert made.slides[0].shapes.title.text_frame.text.split() == ["First", "line"]
    assert made.slides[0].notes_slide.notes_text_frame.text.split() == ["one", "two"]


def test_a_study_of_a_long_title_has_slides():
    assert len(opened(deck(SLIDES, "t" * 400)).core_properties.title) == 255


def test_a_picture_that_states_a_second_larger_size_is_refused_before_it_is_decoded():
    content = png()
    head = b"IHDR" + (7000).to_bytes(4, "big") * 2 + content[24:29]
    second = (13).to_bytes(4, "big") + head + crc32(head).to_bytes(4, "big")
    with pytest.raises(PictureError, match="no PNG"):
        checked_png(content[:33] + second + content[33:])
