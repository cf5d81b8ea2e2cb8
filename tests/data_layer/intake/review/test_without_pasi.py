"""Files without any PASI are a study, with a warning; PASI that was meant and cannot be read stays an error."""

import io
import json
import zipfile

import pytest

from data.check import main, summary
from data.files import proposed, take_in
from data.intake.review.edits import Edits
from data.intake.review.write_toml import toml_text
from data.tables.meant import speaks_of_pasi
from data_layer.clinic_files import FLOWJO, REDCAP, save_book

PASI = "patient_id,week,pasi\nP1,0,20\nP1,4,5\n"
FACS = "patient_id,week,treg,cd4\nP1,0,5,40\nP1,4,6,41\n"
DRUG = "patient_id,treatment,kind,start_week,end_week\nP1,UC-MSC,cell_therapy,0,0\nP2,etanercept,biologic,-9,\n"
EVENT = "patient_id,week,event\nP1,3,fever\n"
DLQI = "patient_id,week,dlqi,bsa\nP1,0,18,30\nP1,4,6,12\n"
NO_REDCAP = REDCAP.replace(",pasi_total,", ",weight,").replace("LTFU", "")


def filled(study):
    """The tables with rows, and how many."""
    tables = ("pasi", "immune_subsets", "treatments", "events")
    return {name: len(getattr(study, name)) for name in tables if len(getattr(study, name))}


@pytest.fixture
def files(tmp_path):
    """Writes files by name and returns their paths."""

    def write(named):
        for name, content in named.items():
            (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return [tmp_path / name for name in named]

    return write


def workbook(**sheets):
    rows = {
        name: [[_cell(cell) for cell in row.split(",")] for row in text.splitlines()] for name, text in sheets.items()
    }
    content = io.BytesIO()
    save_book(content, rows)
    return content.getvalue()


def _cell(text):
    return float(text) if text.lstrip("-").isdigit() else text or None


def zipped(**named):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as parts:
        for name, text in named.items():
            parts.writestr(f"{name}.csv", text)
    return content.getvalue()


OPENED = {
    "samples": ({"immune_subsets.csv": FACS}, {"immune_subsets": 4}),
    "samples under another name": ({"facs_2024.csv": FACS}, {"immune_subsets": 4}),
    "treatments": ({"treatments.csv": DRUG}, {"treatments": 2}),
    "both": ({"immune_subsets.csv": FACS, "treatments.csv": DRUG}, {"immune_subsets": 4, "treatments": 2}),
    "events": ({"events.csv": EVENT}, {"events": 1}),
    "other scores": ({"pasi.csv": DLQI}, {"pasi": 2}),
    "other scores, called otherwise": ({"quality.csv": DLQI}, {"pasi": 2}),
    "a score beside a subset": (
        {"x.csv": "patient_id,week,bsa,treg\nP1,0,30,5\n"}, {"pasi": 1, "immune_subsets": 1},
    ),
    "a clinic's scores": ({"x.csv": "Patient,Visit date,DLQI\nA,2021-03-01,18\nA,2021-03-29,6\n"}, {"pasi": 2}),
    "a clinic's drugs": ({"x.csv": "Patient,Drug,Start date\nA,adalimumab,2021-03-01\n"}, {"treatments": 1}),
    "a FlowJo table": ({"flow.csv": FLOWJO}, {"immune_subsets": 12}),
    "REDCap and FlowJo": (
        {"redcap.csv": NO_REDCAP, "flow.csv": FLOWJO}, {"pasi": 4, "immune_subsets": 12, "treatments": 3},
    ),
    "a workbook": ({"x.xlsx": workbook(immune_subsets=FACS, treatments=DRUG)}, {"immune_subsets": 4, "treatments": 2}),
    "a workbook of one sheet": ({"x.xlsx": workbook(treatments=DRUG)}, {"treatments": 2}),
    "a zip": ({"x.zip": zipped(immune_subsets=FACS, treatments=DRUG)}, {"immune_subsets": 4, "treatments": 2}),
    "a study.toml": ({"study.toml": "title = 'x'\n[tables]\nimmune_subsets = 'f.csv'\n", "f.csv": FACS}, {"immune_subsets": 4}),
    "PASI without a value": ({"pasi.csv": "patient_id,week,pasi\nP1,0,\n", "treatments.csv": DRUG}, {"pasi": 1, "treatments": 2}),
}  # fmt: skip


@pytest.mark.parametrize(("named", "wanted"), OPENED.values(), ids=OPENED)
def test_it_opens_with_a_warning_and_exit_status_1(files, capsys, named, wanted):
    paths = files(named)
    taken = take_in(paths)
    assert taken.study is not None, list(map(str, taken.report.problems))
    assert filled(taken.study) == wanted
    assert not taken.study.has_pasi
    (warning,) = [one for one in taken.report.warnings if "no PASI value" in one.found]
    assert "open it together with the other files" in str(warning)
    assert str(warning) in taken.study.notes
    assert main([*map(str, paths), "--json"]) == 1
    assert ", no PASI value" in json.loads(capsys.readouterr().out)["study"]


@pytest.mark.parametrize("name", [name for name in OPENED if "PASI" not in name])
def test_every_row_is_accounted_for(files, name):
    report = take_in(files(OPENED[name][0])).report
    assert report.accounts
    for account in report.accounts:
        aside = {row for one in account.aside for row in one.rows}
        assert account.kept + len(aside) == account.rows, account


def test_one_of_our_own_tables_alone_is_read_as_strictly_as_in_a_folder(files):
    problems = take_in(files({"treatments.csv": DRUG.replace("biologic", "biologics")})).report.problems
    assert [(one.file, one.row, one.column) for one in problems] == [("treatments.csv", 3, "kind")]


def test_a_folder_of_them_is_a_study(files, tmp_path):
    files({"immune_subsets.csv": FACS, "treatments.csv": DRUG})
    assert take_in([tmp_path]).study.patient_ids == ["P1", "P2"]


def test_other_scores_are_named_in_the_warning(files):
    taken = take_in(files({"pasi.csv": DLQI}))
    assert taken.report.warnings[0].found == "DLQI and BSA, but no PASI value"
    assert "no PASI value (values of other scores: 2 of DLQI, 2 of BSA (%))" in summary(taken.study)


def test_without_pasi_patients_are_joined_although_spelt_differently(files):
    study = take_in(files({"redcap.csv": NO_REDCAP, "flow.csv": FLOWJO})).study
    assert study.patient_ids == ["1", "2"]


def test_dates_count_from_what_there_is(files):
    drugs = "Patient,Drug,Start date\nA,adalimumab,2021-03-01\nA,etanercept,2021-03-29\n"
    assert take_in(files({"x.csv": drugs})).study.treatments["start_week"].tolist() == [0, 4]
    events = "Patient,Date,Adverse event\nA,2021-03-01,fever\nA,2021-03-08,rash\n"
    assert take_in(files({"y.csv": events})).study.events["week"].tolist() == [0, 1]


def test_the_written_mapping_opens_it_again(files, tmp_path):
    paths = files({"redcap.csv": NO_REDCAP, "flow.csv": FLOWJO})
    (tmp_path / "study.toml").write_text(toml_text(proposed(paths).mapping))
    again = take_in([tmp_path / "study.toml", *paths])
    assert again.proposal is None
    assert filled(again.study) == OPENED["REDCap and FlowJo"][1]


CLINIC = "Patient,Visit date,PASI,Treg %\nA,2021-03-01,{},5\nA,2021-03-29,{},6\n"
REFUSED = {
    "text as PASI": ({"x.csv": CLINIC.format("severe", "mild")}, "a column that is not read as PASI"),
    "another spelling": ({"x.csv": CLINIC.format(20, 5).replace("PASI", "Passi")}, "a column that is not read as PASI"),
    "words around it": ({"x.csv": CLINIC.format(20, 5).replace("PASI", "PASI today")}, "a column that is not read as PASI"),
    "no date": (
        {"x.csv": "Patient,PASI\nA,20\n", "treatments.csv": DRUG}, "patient or time is not known",
    ),
    "a column for each week": (
        {"x.csv": "Patient,BASELINE,WEEK04\nA,severe,mild\nB,severe,4\n", "treatments.csv": DRUG}, "'severe'",
    ),
    "a column for each week of nobody": (
        {"x.csv": "Colour,BASELINE,WEEK04\nblue,20,4\nred,10,3\n", "treatments.csv": DRUG}, "columns named by week",
    ),
    "no date in any row": (
        {"x.csv": "Patient,Visit date,PASI\nA,soon,20\nA,2021-03,5\n", "treatments.csv": DRUG}, "is not",
    ),
    "no patient": ({"x.csv": "Week,PASI\n0,20\n", "treatments.csv": DRUG}, "patient or time is not known"),
    "text in our own": ({"pasi.csv": "patient_id,week,pasi\nP1,0,severe\n", "treatments.csv": DRUG}, "'severe'"),
    "our own without week": ({"pasi.csv": "patient_id,pasi\nP1,3\n", "treatments.csv": DRUG}, "'pasi'"),
    "our own, misspelt": ({"pasi.csv": PASI.replace("pasi", "passi"), "treatments.csv": DRUG}, "'passi'"),
    "our own, misspelt, beside a score": ({"pasi.csv": "patient_id,week,passi,dlqi\nP1,0,3,4\n"}, "'passi'"),
    "an empty pasi.csv": ({"pasi.csv": "", "treatments.csv": DRUG}, "an empty file"),
    "a header only": ({"pasi.csv": "patient_id,week,pasi\n", "treatments.csv": DRUG}, "no rows below the header"),
    "a sheet": (
        {"x.xlsx": workbook(pasi="patient_id,week,pasi\nP1,0,severe", treatments=DRUG)}, "'severe'",
    ),
    "a sheet of another kind": (
        {"x.xlsx": workbook(PASI="name,points\nP1,20", treatments=DRUG)}, "no score that has a patient and a time",
    ),
    "a sheet called nearly so": ({"x.xlsx": workbook(pasi_2024="name,points\nP1,20", treatments=DRUG)}, "sheet 'pasi_2024'"),
    "patients alone": ({"patients.csv": "patient_id,sex\nP1,f\n"}, "without any score, sample, treatment or event"),
}  # fmt: skip


@pytest.mark.parametrize(("named", "words"), REFUSED.values(), ids=REFUSED)
def test_pasi_that_was_meant_is_an_error(files, named, words):
    paths = files(named)
    taken = take_in(paths)
    assert taken.study is None, filled(taken.study)
    assert words in "\n".join(f"{one} {one.found}" for one in taken.report.problems)
    assert main(list(map(str, paths))) in {1, 2}


def test_a_workbook_beside_our_own_may_hold_the_pasi(files, tmp_path):
    files(
        {
            "treatments.csv": DRUG,
            "clinic.xlsx": workbook(Visits="Patient,Week,PASI\nP1,0,20\nP1,4,5"),
            "README.txt": "a\nb c\n",
        }
    )
    assert filled(take_in([tmp_path]).study) == {"pasi": 2, "treatments": 2}


def test_what_is_no_table_does_not_stop_a_study_without_pasi(files, tmp_path):
    files(
        {
            "treatments.csv": DRUG,
            "about.txt": "About these data, at length;\nand more, and more\n",
            "x.xlsx": "no workbook",
        }
    )
    taken = take_in([tmp_path])
    assert filled(taken.study) == {"treatments": 2}
    assert any(note.startswith("about.txt: nothing of this table is used") for note in taken.report.notes)
    assert [warning.file for warning in taken.report.warnings][:1] == ["x.xlsx"]


def test_a_broken_file_beside_our_own_is_no_study_without_pasi(files, tmp_path):
    files({"treatments.csv": DRUG, "visits.csv": CLINIC.format("severe", "mild")})
    assert take_in([tmp_path]).study is None


@pytest.mark.parametrize(("name", "said"), [
    ("PASI", True), ("PASI (0-72)", True), ("baseline_pasi", True), ("passi", True), ("Pasi score", True),
    ("PASI75", False), ("pasi_90", True), ("NAPSI", False), ("patient", False), ("paste", False), ("", False),
])  # fmt: skip
def test_what_speaks_of_pasi(name, said):
    assert speaks_of_pasi(name) == said


def test_a_person_may_say_that_a_column_is_no_pasi(files):
    paths = files({"x.csv": CLINIC.format("severe", "mild")})
    assert take_in(paths, edits=Edits({"roles": {("x.csv", "", "PASI"): ""}})).study is not None
    assert take_in(paths, edits=Edits({"roles": {("x.csv", "", "PASI"): "pasi"}})).study is None


def test_columns_of_numbers_that_nobody_knows_are_asked_about(files):
    (path,) = files({"x.csv": "Patient,Visit date,Points,Treg %\nA,2021-03-01,20,5\nA,2021-03-29,4,6\n"})
    assert any("nothing is known of 'Points': if one of them is PASI" in one for one in proposed([path]).unclear)
    (path,) = files({"y.csv": "patient_id,week,points\nA,0,20\n"})
    assert any("'points' is taken as an immune subset" in one for one in proposed([path]).unclear)
    assert not any("PASI" in one for one in proposed(files({"flow.csv": FLOWJO})).unclear)
