"""A reader's own files: sent, looked at, opened, shared, deleted; and a bad one that changes nothing."""

import json
from urllib.parse import urlsplit

import pytest

from browser.driver import settled
from browser.hand import (
    address,
    assert_lit,
    caption,
    choose,
    legend,
    lit,
    marks,
    note,
    opened,
    press,
    reach,
    unfolded,
    until,
)
from browser.test_take_away import item
from data.catalog import open_study
from data_layer.clinic_files import FLOWJO, REDCAP, workbook
from kept import expire, kept_in

SKIN = "Patient ID;Visit date;PASI;DLQI\n1;2011-01-01;20,5;12\n1;2011-01-02;18;10\n1;2011-01-03;8;3\n2;2011-02-01;12;8\n2;2011-02-02;11;7\n2;2011-02-03;4;2\n"
TUBES = "".join(f"S_{p}_D{day}_1.fcs,{40 + 3 * day + int(p)},{5 + 2 * day}\n" for p in ("1", "2") for day in (0, 1, 2))
FLOW = f",Lymph/CD4+ | Freq. of Parent (%),Lymph/CD4+/Treg | Freq. of Parent (%)\n{TUBES}"
HOSTILE = "<img src=x onerror=window.hurt=1>"


@pytest.fixture(scope="module")
def uploads_of_own(tmp_path_factory):
    return tmp_path_factory.mktemp("uploads")


@pytest.fixture(scope="module")
def own(serve, uploads_of_own):
    """Address of a server with uploads of its own."""
    return serve(env={"UPLOADS": str(uploads_of_own)})


@pytest.fixture
def home(own, visit):
    return visit(own)


def send(page, tmp_path, **files):
    """Choose these files (name -> content) in the dialog."""
    paths = []
    for name, content in files.items():
        paths.append(tmp_path / f"{name}.csv")
        paths[-1].write_text(content, encoding="utf-8")
    choose_files(page, paths)


def choose_files(page, paths):
    press(page, "#intake-open")
    with page.expect_file_chooser() as chooser:
        page.click("#intake-choose")
    chooser.value.set_files([str(path) for path in paths])


def opens(page):
    until(page, "() => window.reprise.isUpload(window.reprise.study) && !document.querySelector('#intake').open")
    settled(page)


@pytest.mark.slow
def test_a_redcap_export_and_a_flow_table_become_the_linked_page(home, shared, tmp_path):
    files = {"skin": SKIN, "flow": FLOW}
    for name, content in files.items():
        (tmp_path / f"{name}.csv").write_text(content)
    export = shared / "redcap" / "repeating_instruments_two_records.csv"
    choose_files(home, [export, *(tmp_path / f"{name}.csv" for name in files)])
    home.wait_for_selector("#intake-again")
    unfolded(home)
    assert home.locator("#intake tr", has_text="provider_npi").locator("td").last.text_content() == "•••, •••, •••"
    home.select_option("[data-edit='[\"references\"]'] select", "first visit")
    home.click("#intake-again")
    opens(home)
    assert caption(home, "pasi").startswith("2 patients, 6 values")
    legend(home, "1").click()
    assert_lit(home, "1")
    choose(home, "score", "dlqi")
    assert caption(home, "pasi").startswith("2 patients")
    assert {mark["row"][2] for mark in marks(home, "pasi")} == {12, 10, 3, 8, 7, 2}
    said = note(home, "pasi")
    assert said.startswith("★ first response DLQI ≤ 1")
    assert "PASI" not in said


WATCHED = """() => {
    const bar = document.querySelector("#intake-wait progress"), words = bar.nextElementSibling;
    window.shares = [];
    const note = () => window.shares.push([bar.value, words.textContent]);
    new MutationObserver(note).observe(bar.parentElement, { attributes: true, childList: true, subtree: true });
}"""


@pytest.mark.slow
def test_the_bar_tells_what_the_server_reads_and_never_falls(home, tmp_path):
    (tmp_path / "book.xlsx").write_bytes(workbook(12_000))
    home.evaluate(WATCHED)
    choose_files(home, [tmp_path / "book.xlsx"])
    until(home, "() => window.reprise.isUpload(window.reprise.study) && !document.querySelector('#intake').open")
    told = home.evaluate("window.shares")
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert len(set(shares)) > 4
    assert shares[-1] < 1
    assert any(words.startswith("book.xlsx: reading the sheet '") for _, words in told), told


def test_cancelling_while_the_server_reads_changes_nothing(home, own, tmp_path):
    before = address(home), caption(home, "pasi")
    (tmp_path / "book.xlsx").write_bytes(workbook(12_000))
    choose_files(home, [tmp_path / "book.xlsx"])
    cancel = """() => {
        const [, words, button] = document.querySelector("#intake-wait").children;
        return words.textContent.startsWith("book.xlsx:") && (button.click() || true);
    }"""
    home.wait_for_function(cancel)
    home.wait_for_selector("#intake-choose")
    home.keyboard.press("Escape")
    assert (address(home), caption(home, "pasi")) == before
    legend(home, "P1").click()
    assert lit(home) == ["P1"]


def test_a_bad_file_is_reported_and_the_study_stays(home, tmp_path):
    before = address(home), caption(home, "pasi")
    send(home, tmp_path, pasi=f"patient_id,week,pasi\n{HOSTILE},0,200\n{HOSTILE},x,5\n")
    home.wait_for_selector(".intake-errors")
    assert home.locator("#intake-show > .intake-errors li").count() == 2
    home.click("[data-fold=read] > summary")
    with home.expect_download() as saved:
        home.click("[data-form=json]")
    assert len(json.loads(saved.value.path().read_text())["errors"]) == 2
    home.keyboard.press("Escape")
    assert (address(home), caption(home, "pasi")) == before
    legend(home, "P1").click()
    assert lit(home) == ["P1"]


@pytest.mark.slow
def test_a_mapping_is_edited_the_link_shared_and_the_study_deleted(home, visit, watch, tmp_path):
    send(home, tmp_path, redcap=REDCAP.replace("arm,", f"{HOSTILE},").replace(",A,2", f",{HOSTILE},2"), flow=FLOWJO)
    home.wait_for_selector("#intake-again")
    unfolded(home)
    assert "•••" in home.locator("#intake tr", has_text="dob").text_content()
    home.select_option('[data-column="dlqi_score"] select', label="not read")
    home.locator(f"[data-column='{HOSTILE}'] select").select_option("group")
    pattern = home.locator("[data-edit*=patterns] input")
    pattern.fill("no hole")
    home.click("#intake-again")
    home.wait_for_selector("#intake-said:not(:empty)")
    assert "no pattern of tube names" in home.locator("#intake-said").inner_text()
    watch.errors.clear()
    pattern.fill("*_{patient_id}_W{week}_*")
    home.click("#intake-again")
    opens(home)
    assert home.locator('[data-control="score"]').count() == 0
    assert home.evaluate("window.hurt") is None

    other = visit(address(home))
    opens(other)
    assert caption(other, "pasi") == caption(home, "pasi")
    press(other, "#intake-report")
    assert "a course that ends before it starts: row 9" in other.locator(".intake-report").inner_text()
    other.click("#intake-delete")
    other.click("#intake-delete")
    until(other, "() => window.reprise.study === window.reprise.home")
    settled(other)

    home.reload()
    home.wait_for_selector("#report[open]")
    settled(home)
    assert "no such study" in home.locator("#report-text").inner_text()
    assert home.evaluate("window.reprise.study") == "case-series"


@pytest.mark.slow
def test_an_expired_study_is_a_sentence_everywhere_and_the_page_stays(home, own, uploads_of_own, watch, tmp_path):
    send(home, tmp_path, pasi="patient_id,week,pasi\nP1,0,20\nP1,4,5\n")
    opens(home)
    expire(uploads_of_own)
    before = kept_in(uploads_of_own)  # those of other tests too, which nobody asks for
    reach(home, "pasi_scale")
    home.locator('[data-control="pasi_scale"] select').select_option("percent_improvement")
    home.wait_for_selector('.toast-line:has-text("deleted after 24 hours")')
    assert len(kept_in(uploads_of_own)) == len(before) - 1
    press(home, item("pasi", "numbers"))
    home.wait_for_selector("#report[open]")
    assert "no such study" in home.locator("#report-text").inner_text()
    home.keyboard.press("Escape")
    legend(home, "P1").click()
    assert lit(home) == ["P1"]
    watch.errors.clear()
    home.evaluate("window.reprise.openStudy(window.reprise.home)")
    until(home, "() => window.reprise.study === window.reprise.home")
    settled(home)
    assert caption(home, "pasi").startswith("3 patients")


@pytest.mark.slow
def test_the_template_is_downloaded_and_opens_when_it_is_dropped(home, tmp_path):
    press(home, "#intake-open")
    with home.expect_download() as saved:
        home.click("#intake a")
    path = tmp_path / "template.xlsx"
    saved.value.save_as(path)
    home.keyboard.press("Escape")
    home.evaluate(
        """(bytes) => {
            const carried = new DataTransfer();
            carried.items.add(new File([Uint8Array.from(bytes)], "template.xlsx"));
            document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true }));
        }""",
        list(path.read_bytes()),
    )
    opens(home)
    assert home.locator("h1").inner_text() == open_study().title
    assert urlsplit(address(home)).fragment.startswith("study=")
    home.reload()
    opens(home)
    assert "3 patients" in caption(home, "pasi")
    opened(home, address(home).split("#")[0])
