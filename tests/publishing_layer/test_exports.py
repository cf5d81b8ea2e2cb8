"""Files that leave open elsewhere, say what they are of, and are the same for the same state."""

import html
import io
import shutil
import subprocess
import zipfile
from dataclasses import replace

import pytest
from docx import Document

from analysis import query as queries
from callbacks.publish import wanted_of
from data.catalog import load
from data.uploading.pinned_notes import Note
from publishing.deidentify import deidentified
from publishing.exports import FILES, NOTED, Wanted, made
from publishing.stamp import study_digest, version
from studies import make_study, msc

SERIES = {"study": "case-series", "query": {}, "date": "2026-11-28", "choices": {}}


def wanted(study, **state):
    return Wanted(study, queries.read(study, state)[0], "2026-11-28")


def in_word(content):
    """Texts of the cells, row by row, and of the paragraphs of a document."""
    document = Document(io.BytesIO(content))
    rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    return rows, [paragraph.text for paragraph in document.paragraphs]


def cohort(study, **more):
    return make_study(
        {f"P{at}": {0: 20.0 + at, 4: 5.0} for at in range(12)},
        treatments=[course for at in range(12) for course in msc(f"P{at}", 0)],
        groups={f"P{at}": "B" if at < 3 else "A" for at in range(12)},
        **more,
    )


NOTE = Note("visit", "P1", 4.0, "", "itching since Tuesday", by="Zo Quick", at="2026-11-27T10:00:00Z")


def said(file):
    """Everything that a file says, whatever it is."""
    if file.name.endswith(".docx"):
        rows, paragraphs = in_word(file.content)
        return "\n".join([*(cell for row in rows for cell in row), *paragraphs])
    if file.name.endswith(".zip"):
        whole = zipfile.ZipFile(io.BytesIO(file.content))
        return "\n".join(whole.read(name).decode() for name in whole.namelist())
    return html.unescape(file.content.decode())


@pytest.mark.parametrize("name", FILES)
def test_the_same_state_gives_the_same_bytes_and_a_stamp(name):
    study = load("case-series")
    first, second = (made(name, replace(wanted(study), pinned=[NOTE])) for _ in range(2))
    assert first == second
    text, copy = said(first), deidentified(study).study
    of = study_digest(copy if name == "deidentified" else study)
    parts = [f"data {of}", f"Reprise {version()}", "2026-11-28", "Filters: all patients", "Rules: response: PASI 75"]
    privacy = "Privacy: de-identified" if name == "deidentified" else "Privacy: not de-identified"
    for part in (*parts, "Weeks: ", "Missed visits: ", privacy, "do not quote"):
        assert part in text, part


@pytest.mark.parametrize("name", FILES)
def test_pinned_notes_leave_in_the_files_that_were_chosen_for_them_alone(name):
    text = said(made(name, replace(wanted(load("case-series")), pinned=[NOTE])))
    assert ("itching since Tuesday" in text) == (name in NOTED)
    assert ("Zo Quick" in text) == (name in NOTED)


def test_the_checklist_says_whose_views_it_is_and_what_is_in_the_study():
    rows, paragraphs = in_word(FILES["checklist-docx"](wanted(load("case-series"))).content)
    found = {row[1]: row[3] for row in rows}
    assert len(rows) == 12
    assert "neither a systematic review nor a formal consensus" in " ".join(paragraphs)
    assert "10.1016/j.jaad.2008.10.023" in " ".join(paragraphs)
    assert found["Dosages"].startswith("6 courses of UC-MSC in 3 patients, doses 1.96 to 3 1e6 cells/kg.")
    assert found["Informed consent"] == "Nothing of this is in the study."
    assert "too few for a rate" in found["Conclusions"]
    assert "51 values of PASI" in found["Timeline (item 7)"]
    assert "Rules: response: PASI 75" in " ".join(paragraphs)


def test_the_checklist_never_takes_what_is_not_recorded_for_none():
    study = make_study({"P1": {0: 20.0}})
    rows, _ = in_word(FILES["checklist-docx"](wanted(study)).content)
    found = {row[1]: row[3] for row in rows}
    assert found["Safety"] == "No event is recorded, which is not the same as none."
    assert found["Dosages"] == "Nothing of this is in the study."


def test_patients_own_scores_and_another_outcome_are_called_by_their_names():
    study = make_study({"P1": {0: 20.0, 4: 5.0}}, scores={"dlqi": {"P1": {0: 18.0}}})
    rows, _ = in_word(FILES["checklist-docx"](wanted(study)).content)
    assert {row[1]: row[3] for row in rows}["Patient's perception"] == "DLQI at 1 visit."
    rows, _ = in_word(FILES["checklist-docx"](wanted(study, score="dlqi")).content)
    assert {row[1]: row[3] for row in rows}["Outcome measures"].startswith("DLQI (0 to 30)")


def table_one(study, **state):
    rows, paragraphs = in_word(FILES["table-one-docx"](wanted(study, **state)).content)
    return rows[0], {row[0].strip(): row[1:] for row in rows[1:]}, paragraphs


def test_table_one_counts_by_group_with_its_n():
    study = cohort("x")
    study = replace(study, patients=study.patients.assign(age=[float("nan"), *range(30, 41)], sex=["F"] * 11 + [""]))
    head, rows, paragraphs = table_one(study)
    assert head == ["", "All patients (n = 12)", "B (n = 3)", "A (n = 9)"]
    assert rows["age, median"] == ["35 (32.5 to 37.5); n = 11", "30.5 (30 to 31); n = 2", "36 (34 to 38)"]
    assert rows["F"] == ["11 of 11 (100 %)", "3 of 3", "8 of 8 (100 %)"]
    assert rows["PASI at or before first MSC, median"][1] == "21 (20 to 22)"
    assert "never taken for zero" in " ".join(paragraphs)
    assert table_one(study, groups=["A"])[0] == ["", "All patients (n = 9)"]


def test_events_without_a_grade_are_not_counted_as_mild():
    study = cohort("x", events=[("P0", 4, "rash", ""), ("P5", 4, "rash", "severe"), ("P6", 4, "rash", "mild")])
    _, rows, _ = table_one(study)
    assert rows["Any event recorded, n (%)"][0] == "3 (25 %)"
    assert rows["One of grade 3 or more, n (%)"] == ["1 of 11 (9 %)", "0 of 2", "1 (11 %)"]


def test_patients_without_any_treatment_recorded_are_not_counted_as_untreated():
    study = make_study({"P1": {0: 20.0}, "P2": {0: 10.0}}, treatments=msc("P1", 0))
    assert table_one(study)[1]["UC-MSC"] == ["1 of 1"]


def test_texts_of_a_study_are_escaped_in_html_and_word():
    hostile = "<script>alert(1)</script>\x01"
    study = make_study({"P1": {0: 20.0}, "P2": {0: 9.0}}, groups={"P1": hostile, "P2": "=1+1"})
    page = FILES["table-one-html"](wanted(study)).content.decode()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    head, _, _ = table_one(study)
    assert "<script>alert(1)</script> (n = 1)" in head


def test_what_was_not_offered_is_not_chosen():
    study = load("case-series")
    asked = wanted_of(study, {}, {"step": "3", "covariates": ["age", "nobody", 7]}, "today")
    assert (asked.choices.step, asked.choices.covariates, asked.date) == (0.0, ("age",), "")
    assert wanted_of(study, {}, {"step": "4", "covariates": "age"}).choices.step == 4.0
    assert wanted_of(study, {}, {"step": "4", "covariates": "age"}).choices.covariates == ()


def test_the_stamp_of_a_copy_has_no_id_of_the_study():
    study = load("case-series")
    content = FILES["deidentified"](wanted(study, patients=["P1", "P2"])).content
    text = zipfile.ZipFile(io.BytesIO(content)).read("study.toml").decode()
    assert "# Privacy: de-identified" in text
    assert "P1" not in text
    assert study.title not in text


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("lowriter"), reason="LibreOffice Writer is not installed")
@pytest.mark.parametrize("name", ["checklist-docx", "table-one-docx"])
def test_documents_open_in_libreoffice(name, tmp_path):
    (tmp_path / "made.docx").write_bytes(FILES[name](wanted(load("case-series"))).content)
    own = f"-env:UserInstallation=file://{tmp_path}/office"
    call = [
        "soffice",
        own,
        "--headless",
        "--convert-to",
        "txt:Text",
        "--outdir",
        str(tmp_path),
        str(tmp_path / "made.docx"),
    ]
    subprocess.run(call, check=True, capture_output=True, timeout=120)
    text = (tmp_path / "made.txt").read_text(encoding="utf-8-sig")
    assert "do not quote" in text
    assert ("Informed consent" if name == "checklist-docx" else "secukinumab") in text
