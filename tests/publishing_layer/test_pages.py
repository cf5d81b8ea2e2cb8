"""A story as PDF."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from publishing.pages import pages
from publishing.pictures import PictureError
from publishing.slides import Slide
from publishing_layer.test_slides import png


def test_a_page_a_step_in_the_size_of_a_slide():
    slide = Slide("First", picture=png((4000, 2250)))
    read = PdfReader(BytesIO(pages([slide, slide], "A study", "data 0f")))
    assert len(read.pages) == 2
    assert [float(side) for side in read.pages[0].mediabox[2:]] == [960, 540]
    assert (read.metadata.title, read.metadata.subject) == ("A study", "data 0f")


def test_no_page_is_empty():
    with pytest.raises(PictureError):
        pages([Slide("First")], "A study", "")
