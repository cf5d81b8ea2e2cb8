"""What CI keeps of a test that failed: a picture of each page that was open."""

from browser import screenshots


def test_each_open_page_is_a_picture_named_for_the_test(chromium, page, tmp_path):
    page.set_content("<h1>What the reader saw</h1>")
    screenshots.save(chromium, "tests/browser/test_x.py::test_y[a/b@c]@group", tmp_path)
    pictures = sorted(tmp_path.iterdir())
    assert len(pictures) == sum(len(context.pages) for context in chromium.contexts)
    assert all(picture.name.startswith("test_x.py-test_y-a-b-c-group-") for picture in pictures)
    assert all(picture.read_bytes().startswith(b"\x89PNG") for picture in pictures)
