"""The figure for a journal: the same bytes from every window and theme, checked, in millimetres and points."""

import base64
import hashlib
import io
import json
import re
import zlib
from xml.etree import ElementTree as ET

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from browser.hand import until

SVG = "{http://www.w3.org/2000/svg}"
WIDE = {"profile": "elsevier", "width": 190, "type": 7, "dpi": 300}
NARROW = {**WIDE, "width": 90}


def dialog(page, choices):
    """Open the dialog with these choices, and wait for its figure."""
    page.evaluate("choices => localStorage.setItem('reprise-figure', choices)", json.dumps(choices))
    page.evaluate("() => document.querySelector('[data-action=\"figure\"]').click()")
    until(page, "() => window.reprise.figureDrawn()")


def saved_as(page, kind):
    with page.expect_download() as download:
        page.evaluate(f"() => document.querySelector('[data-action=\"figure-{kind}\"]').click()")
    return download.value.path().read_bytes(), download.value.suggested_filename


def saved(page, kind):
    content, name = saved_as(page, kind)
    assert name == f"case-series-figure.{kind}"
    return content


def lines(page):
    return dict(text.split(": ", 1) for text in page.locator(".figure-check li").all_inner_texts())


@pytest.fixture
def printed(visit, base_url):
    """printed(choices, theme, width, height) -> a page of that theme and size, its dialog drawn."""

    def opened(choices, theme="light", width=1440, height=900, sharp=1):
        size = {"width": width, "height": height}
        page = visit(f"{base_url}#theme={theme}", viewport=size, device_scale_factor=sharp)
        dialog(page, choices)
        return page

    return opened


@pytest.mark.parametrize("kinds", [("svg", "pdf"), ("png", "tiff")], ids="-".join)
def test_the_same_state_gives_the_same_bytes_from_any_window_and_theme(printed, kinds):
    pages = [printed(WIDE), printed(WIDE, "dark", 820, 1180, sharp=2)]
    for kind in kinds:
        one, other = (hashlib.sha256(saved(page, kind)).hexdigest() for page in pages)
        assert one == other, kind


@pytest.mark.slow
def test_it_is_as_wide_as_asked_and_passes_its_check_at_one_and_two_columns(printed):
    for choices in (WIDE, NARROW):
        page = printed(choices)
        root = ET.fromstring(saved(page, "svg"))  # noqa: S314
        assert root.get("width") == f"{choices['width']}mm"
        found = {name: said for name, said in lines(page).items() if name.startswith("✕")}
        assert found.keys() <= {"✕ Resolution of PNG and TIFF", "✕ Font"}, found
        texts = {element.text for element in root.iter(f"{SVG}text")}
        assert {"P1", "P2", "P3", "a", "b", "c"} <= texts | {part.text for part in root.iter(f"{SVG}tspan")}
        assert any("Illustrative" in (text or "") for text in texts)


@pytest.mark.parametrize("panels", [["pasi", "immune", "swimlanes", "correlation"], ["correlation", "phase_plane"]])
def test_it_is_as_high_as_asked(printed, panels):
    page = printed({**WIDE, "height": 140, "panels": panels})
    root = ET.fromstring(saved(page, "svg"))  # noqa: S314
    assert float(root.get("height").removesuffix("mm")) == pytest.approx(140, abs=0.3)


def test_a_dagger_is_explained_where_one_stands(visit, serve, tmp_path):
    weeks = {patient: (0, 4, 8) if patient < 8 else (0, 4) for patient in range(12)}  # 8 of 12 were seen at week 8
    rows = [f"P{patient},{week},{20 - 2 * week}" for patient, own in weeks.items() for week in own]
    (tmp_path / "pasi.csv").write_text("\n".join(["patient_id,week,pasi", *rows]))
    page = visit(serve(tmp_path), viewport={"width": 1440, "height": 900})
    dialog(page, {**WIDE, "panels": ["rates"]})
    said = " ".join(ET.fromstring(saved_as(page, "svg")[0]).itertext())  # noqa: S314
    assert "†" in said
    assert "†, crossed: fewer than 80 % of those due were observed" in said


def test_the_check_is_written_beside_the_file_and_fails_what_does_not_hold(printed):
    page = printed({**WIDE, "type": 5, "width": 100, "key": False})
    assert {"✕ Type", "✕ Width", "✕ Every sign explained"} <= lines(page).keys()
    with page.expect_download(lambda download: download.suggested_filename.endswith("-check.txt")) as check:
        page.evaluate("() => document.querySelector('[data-action=\"figure-svg\"]').click()")
    text = check.value.path().read_text()
    assert "Rules: response: PASI 75" in text
    assert "Privacy: not de-identified" in text
    assert "FAIL  Type: smallest 5 pt, at least 7 pt" in text
    assert "pass  Nothing cut" in text


def test_what_was_chosen_stands_beside_the_entry_and_is_kept(printed):
    page = printed(NARROW)
    assert page.locator(".figure-choices").text_content() == "90 mm, 7 pt, 3 panels"
    page.locator('[data-panel="swimlanes"] input').uncheck()
    until(page, "() => window.reprise.figureDrawn()")
    assert json.loads(page.evaluate("() => localStorage.getItem('reprise-figure')"))["panels"] == ["pasi", "immune"]
    texts = [element.text for element in ET.fromstring(saved(page, "svg")).iter(f"{SVG}text")]  # noqa: S314
    assert "secukinumab" not in texts


def test_panels_stand_on_a_grid_with_letters_and_a_picture_among_them(printed, tmp_path):
    page = printed({**WIDE, "panels": ["pasi", "correlation", "phase_plane"], "letters": "A"})
    Image.new("RGB", (40, 20), "#aa3311").save(tmp_path / "plot.png", dpi=(72, 72), pnginfo=described())
    page.locator('input[type="file"][accept*="png"]').last.set_input_files(tmp_path / "plot.png")
    until(page, "() => window.reprise.figureDrawn() && document.querySelector('[data-panel=\"picture-1\"]')")
    svg = saved(page, "svg")
    texts = {part.text for part in ET.fromstring(svg).iter() if part.tag in {f"{SVG}text", f"{SVG}tspan"}}  # noqa: S314
    assert {"A", "B", "C", "D", "Path", "Scatter"} <= texts
    [source] = re.findall(rb'<image[^>]* href="data:image/png;base64,([^"]+)"', svg)
    with Image.open(io.BytesIO(base64.b64decode(source))) as picture:
        assert picture.size == (40, 20)
        assert not picture.text  # who was photographed, or where, stays behind


def described():
    about = PngInfo()
    about.add_text("Comment", "Jane Doe, Newcastle")
    return about


def test_a_tiff_that_cannot_be_read_is_refused_in_a_sentence(printed, tmp_path, watch):
    page = printed(NARROW)
    (tmp_path / "plot.tiff").write_bytes(b"II*\x00nothing")
    page.locator('input[type="file"][accept*="png"]').last.set_input_files(tmp_path / "plot.tiff")
    until(
        page,
        "() => [...document.querySelectorAll('.toast-line')].some((one) => /is no TIFF/.test(one.textContent))",
    )
    assert page.locator("dialog#figure .toast-line").count() == 1  # in sight, over the dialog
    watch.errors.clear()  # the browser's own line on the 400


def jpeg_with_a_place():
    exif = Image.Exif()
    exif[0x0110], exif.get_ifd(0x8825)[1] = "Jane's phone", "N"
    content = io.BytesIO()
    Image.new("RGB", (30, 20), "#aa3311").save(content, "JPEG", exif=exif)
    assert b"Jane's phone" in content.getvalue()
    return content.getvalue()


def tiff_with_a_place():
    content = io.BytesIO()
    Image.new("RGB", (50, 20), "#aa3311").save(content, "TIFF", description="Jane Doe, Newcastle")
    return content.getvalue()


def bomb():
    """A PNG whose head states 60,000 × 60,000 pixels."""
    content = io.BytesIO()
    Image.new("L", (1, 1)).save(content, "PNG")
    head = content.getvalue()
    chunk = b"IHDR" + (60_000).to_bytes(4) * 2 + head[24:29]
    return head[:12] + chunk + zlib.crc32(chunk).to_bytes(4) + head[33:]


SCRIPT = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'


def test_a_picture_is_what_its_bytes_are_small_enough_and_without_a_place(printed, tmp_path):
    page = printed(NARROW)
    for name, content, said in (("drawn.png", SCRIPT, "cannot be opened"), ("large.png", bomb(), "120 million pixels")):
        (tmp_path / name).write_bytes(content)
        page.locator('input[type="file"][accept*="png"]').last.set_input_files(tmp_path / name)
        told = "(said) => [...document.querySelectorAll('.toast-line')].some((one) => one.textContent.includes(said))"
        until(page, told, said)
    (tmp_path / "photo.jpg").write_bytes(jpeg_with_a_place())
    page.locator('input[type="file"][accept*="png"]').last.set_input_files(tmp_path / "photo.jpg")
    until(page, "() => window.reprise.figureDrawn() && document.querySelector('[data-panel=\"picture-1\"]')")
    [source] = re.findall(rb'href="data:image/jpeg;base64,([^"]+)"', saved(page, "svg"))
    assert b"Exif" not in base64.b64decode(source)
    assert b"Jane" not in base64.b64decode(source)
    (tmp_path / "photo.tiff").write_bytes(tiff_with_a_place())
    page.locator('input[type="file"][accept*="png"]').last.set_input_files(tmp_path / "photo.tiff")
    until(page, "() => window.reprise.figureDrawn() && document.querySelector('[data-panel=\"picture-2\"]')")
    [source] = re.findall(rb'href="data:image/png;base64,([^"]+)"', saved(page, "svg"))
    with Image.open(io.BytesIO(base64.b64decode(source))) as picture:
        assert (picture.size, picture.convert("RGB").getpixel((3, 3))) == ((50, 20), (170, 51, 17))
    assert b"Jane" not in base64.b64decode(source)


def test_the_picture_is_copied_or_shown_to_be_copied_by_hand(printed):
    page = printed(NARROW)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("#figure [data-action='copy-picture']").click()
    until(
        page,
        "() => [...document.querySelectorAll('.toast-line')].some((one) => /Picture copied/.test(one.textContent))",
    )
    kinds = page.evaluate("async () => (await navigator.clipboard.read()).flatMap(({ types }) => types)")
    assert "image/png" in kinds
    page.evaluate("() => { delete window.ClipboardItem; }")  # as over plain http
    page.locator("#figure [data-action='copy-picture']").click()
    picture = page.locator("dialog img.by-hand")
    picture.wait_for()
    assert picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == round(90 / 25.4 * 300)
