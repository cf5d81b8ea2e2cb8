"""What is not certain is said on the page: read again at every change, opened, and repeated by its study.toml."""

import json
import zipfile

import pytest

from browser.driver import settled
from browser.hand import assert_lit, caption, legend, marks, press, resize, unfolded, until
from browser.serving import PERSON
from browser.test_first_view import AXE, HIDDEN, SERIOUS, TARGETS
from data_layer.clinic_files import DRUGS, SKIN, TUBES

FILES = {"skin": SKIN, "drugs": DRUGS, "flow": TUBES}


@pytest.fixture
def home(own, visit):
    return visit(own)


def dropped(page, tmp_path, month, **files):
    """Drop these files on the page, each called NAME_month.csv, or as it is if its name has an ending."""
    carried = [[name if "." in name else f"{name}{month}.csv", content] for name, content in files.items()]
    page.evaluate(
        """(files) => {
            const carried = new DataTransfer();
            for (const [name, content] of files) carried.items.add(new File([content], name));
            document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true }));
        }""",
        carried,
    )


def field(page, *key):
    return page.locator(f"[data-edit='{json.dumps(key, separators=(',', ':'))}'] :is(input, select)")


def count(page, noun):
    return page.locator(f'[data-count="{noun}"]').inner_text()


def told(page, noun, words):
    """Wait until the page says so of one count, after it has read the files again by itself."""
    ready = """([noun, words]) => document.querySelector(`[data-count="${noun}"]`)?.innerText === words
        && !document.querySelector(".intake-counts.waiting")"""
    until(page, ready, [noun, words])


def opens(page):
    until(page, "() => window.reprise.isUpload(window.reprise.study) && !document.querySelector('#intake').open")
    settled(page)


@pytest.fixture
def mapped(home, tmp_path):
    """The page with an ambiguous table of visits, one of drugs and a FlowJo table, whose questions are answered."""
    dropped(home, tmp_path, "", **FILES)
    home.wait_for_selector("#intake-again")
    assert count(home, "samples") == "2 samples"
    weeks = field(home, "visits", "flow.csv", "", "V3")
    weeks.focus()
    scrolled = home.evaluate("() => document.querySelector('#intake').scrollTop")
    weeks.press_sequentially("4")
    told(home, "samples", "4 samples (was 2)")
    assert home.evaluate("() => JSON.parse(document.activeElement.closest('[data-edit]').dataset.edit)[3]") == "V3"
    assert home.evaluate("() => document.querySelector('#intake').scrollTop") == scrolled
    field(home, "patients", "KM").select_option("3")
    told(home, "samples", "6 samples (was 4)")
    field(home, "index", "treatment").select_option("secukinumab")
    until(home, "() => document.querySelector('.intake-unclear').innerText.includes('index treatment')")
    field(home, "orders", "drugs.csv", "").select_option("month first")
    until(home, "() => document.querySelector('.intake').innerText.includes('week 4.3, week 8.3')")
    field(home, "orders", "drugs.csv", "").select_option("day first")
    until(home, "() => document.querySelector('.intake').innerText.includes('week 0.0, week 4.0')")
    return home


def test_an_ambiguous_clinic_and_a_flow_lab_become_the_linked_page(mapped):
    field(mapped, "index", "label").fill("SEC")
    mapped.click("#intake-again")
    opens(mapped)
    assert caption(mapped, "pasi").startswith("3 patients, 7 values")
    assert {round(mark["week"], 1) for mark in marks(mapped, "pasi") if mark["patient"] == "1"} == {0, 4, 9}
    samples = {mark["week"] for mark in marks(mapped, "immune") if mark["patient"] == "3"}
    assert samples == {0, 4}
    legend(mapped, "3").click()
    assert_lit(mapped, "3")
    assert "after SEC" in mapped.locator('[data-control="phase"] select').inner_text()


@pytest.mark.slow
def test_all_questions_can_be_read_and_reached_on_a_projector_and_on_a_phone(home, tmp_path):
    dropped(home, tmp_path, "", **FILES)
    home.wait_for_selector("#intake-again")
    home.evaluate(AXE)
    for size in ((1280, 720), (390, 844)):
        resize(home, size)
        assert home.evaluate(SERIOUS) == []
        assert home.evaluate(TARGETS) == []
        assert home.evaluate(HIDDEN) == []


def test_a_mistake_while_typing_is_told_and_harms_nothing(home, tmp_path):
    dropped(home, tmp_path, "", **FILES)
    pattern = field(home, "patterns", "flow.csv", "")
    pattern.fill("no hole")
    home.wait_for_selector("#intake-said:not(:empty)")
    assert "no pattern of tube names" in home.locator("#intake-said").inner_text()
    pattern.fill("Tube_{patient_id}_{visit}_*")
    until(
        home,
        "() => !document.querySelector('#intake-said').innerText && !document.querySelector('.intake-counts.waiting')",
    )
    assert pattern.input_value() == "Tube_{patient_id}_{visit}_*"


@pytest.mark.slow
def test_the_study_toml_needs_no_clicks_next_month(mapped, own, visit, tmp_path):
    with mapped.expect_download() as saved:
        mapped.click("#intake-toml")
    toml = saved.value.path().read_text()
    mapped.click("#intake-again")
    opens(mapped)
    later = visit(own)
    dropped(later, tmp_path, "_june", **FILES, **{"study.toml": toml})
    opens(later)
    for view in ("pasi", "immune", "swimlanes"):
        assert caption(later, view) == caption(mapped, view)
        places = [sorted((mark["patient"], mark["week"]) for mark in marks(page, view)) for page in (later, mapped)]
        assert places[0] == places[1]
    press(later, "#intake-report")
    assert "'skin_june.csv' has its columns" in later.locator(".intake-report").inner_text()


@pytest.mark.slow
def test_sixty_columns_fold_what_is_certain_and_the_keyboard_reaches_the_rest(home, tmp_path):
    head, _, rows = SKIN.partition("\n")
    more = ";".join(f"lab {at}" for at in range(60))
    values = [";".join(str(at * row % 7) for at in range(60)) for row in range(1, 8)]
    wide = "\n".join(f"{line};{extra}" for line, extra in zip(rows.strip().split("\n"), values, strict=True))
    dropped(home, tmp_path, "", skin=f"{head};{more}\n{wide}\n", flow=TUBES)
    home.wait_for_selector("#intake-again")
    folds = home.locator("#intake section .intake-fold")
    assert [fold.get_attribute("open") for fold in folds.all()][-1] is None
    assert "73 columns that seem clear" in home.locator("#intake").inner_text()
    folds.last.locator("summary").focus()
    home.keyboard.press("Enter")
    home.wait_for_selector('[data-column="Patient No"] select')
    assert home.locator('[data-column="lab 59"]').count() == 0
    home.keyboard.press("Tab")
    assert home.evaluate("() => document.activeElement.closest('[data-column]').dataset.column") == "Patient No"
    unfolded(home)
    home.locator('[data-column="lab 59"] select').focus()
    home.locator('[data-column="lab 59"] select').select_option("covariate")
    until(
        home,
        "() => !document.querySelector('.intake-counts.waiting') && document.querySelector('[data-column=\"lab 59\"] select').value === 'covariate'",
    )
    assert home.locator('[data-column="lab 59"] select').is_visible()
    assert home.evaluate("() => document.activeElement.closest('[data-column]').dataset.column") == "lab 59"


LONE = "Subject,DPO,Clinical score,CD4 T\n" + "".join(
    f"{who},{day},{score},{cells}\n"
    for who, day, score, cells in (("A", 0, 20, 40), ("A", 14, 3, 44), ("B", 0, 6, 38), ("B", 28, 9, 41))
)


@pytest.mark.slow
def test_a_lone_table_that_nobody_foresaw_is_read_after_three_answers_changed_and_saved(home, tmp_path):
    dropped(home, tmp_path, "", scores=LONE)
    home.wait_for_selector("#intake-again")
    assert home.locator("#intake-show .intake-error").inner_text().startswith("These files are not opened yet")
    for column, role in (("DPO", "days"), ("Clinical score", "score")):
        field(home, "roles", "scores.csv", "", column).select_option(role)
        until(home, "() => !document.querySelector('.intake-counts.waiting')")
    assert "no range of Clinical score" in home.locator("#intake-show").inner_text()
    ends = field(home, "outcomes", "scores.csv", "", "Clinical score", "range")
    assert ends.is_visible()
    ends.fill("0 to 25")
    ends.press("Enter")
    told(home, "samples", "4 samples")
    home.click("#intake-again")
    opens(home)
    assert {(mark["patient"], mark["week"]) for mark in marks(home, "pasi")} == {("A", 0), ("A", 2), ("B", 0), ("B", 4)}
    assert caption(home, "pasi").startswith("2 patients, 4 values")
    legend(home, "B").click()
    assert home.locator('[data-view="swimlanes"]').is_hidden()  # nobody's treatment was told
    assert_lit(home, "B", views=("pasi", "immune", "correlation"))

    press(home, "#intake-report")
    with home.expect_download() as saved:
        home.click("#intake-save")
    with zipfile.ZipFile(saved.value.path()) as study:
        assert study.read("pasi.csv").decode().splitlines()[1].startswith("A,0.0,observed,20.0")
        assert "study.toml" in study.namelist()

    before = home.evaluate("reprise.study")
    home.click("#intake-reread")
    home.wait_for_selector("#intake-again")
    field(home, "roles", "scores.csv", "", "Clinical score").select_option("dlqi")
    until(home, "() => !document.querySelector('.intake-counts.waiting')")
    home.click("#intake-again")
    until(home, "(before) => window.reprise.study !== before", before)
    opens(home)
    assert "DLQI" in home.locator("#intake-open").evaluate("() => document.body.innerText")


@pytest.mark.slow
def test_a_table_that_gives_nothing_is_asked_about_beside_our_own(home, tmp_path):
    dropped(home, tmp_path, "", pasi="patient_id,week,pasi\nP1,0,20\nP1,4,5\n", box="Box,Shelf\na,1\nb,2\n")
    home.wait_for_selector("#intake-again")
    field(home, "unused", "box.csv", "").select_option("leave out")
    until(home, "() => !document.querySelector('.intake-counts.waiting')")
    home.click("#intake-again")
    opens(home)
    assert caption(home, "pasi").startswith("1 patient")


@pytest.mark.slow
def test_files_that_the_server_was_started_with_are_asked_about_as_the_page_opens(serve, visit, tmp_path):
    (tmp_path / "scores.csv").write_text(LONE)
    page = visit(serve(command=(*PERSON, str(tmp_path / "scores.csv"))))
    page.wait_for_selector("#intake-again")
    for column, role in (("DPO", "days"), ("Clinical score", "pasi")):
        field(page, "roles", "scores.csv", "", column).select_option(role)
        until(page, "() => !document.querySelector('.intake-counts.waiting')")
    page.click("#intake-again")
    opens(page)
    assert caption(page, "pasi").startswith("2 patients, 4 values")
    page.reload()
    opens(page)
