"""Our own PASI beside files in other shapes: every file is used, or the report says what became of it."""

import itertools
from dataclasses import replace

import pytest

from data.files import take_in
from data.intake import sources
from data.intake.review.edits import Edits
from data.row_report import as_text
from data_layer.clinic_files import save_book

PASI = "patient_id,week,pasi,group\nP01,0,20,A\nP01,4,10,A\nP02,0,15.5,B\nP02,4,9.3,B\n"
LAB = (("Patient", "Week", "Treg %"), ("P01", 0, 5.1), ("P01", 4, 6.2))
DRUGS = "Patient,Drug,Start week\nP01,Adalimumab,0\n"


@pytest.fixture
def files(tmp_path):
    """Writes files beside a pasi.csv and returns the paths of all."""

    def write(**texts):
        for name, text in {"pasi": PASI, **texts}.items():
            (tmp_path / f"{name}.csv").write_text(text)
        return sorted(tmp_path.iterdir())

    return write


def workbook(path):
    save_book(path, {"Sheet": LAB})


def test_a_workbook_beside_our_own_pasi_is_read(tmp_path, files):
    workbook(tmp_path / "lab.xlsx")
    study = take_in(files()).study
    assert study.immune_subsets["value"].tolist() == [5.1, 6.2]
    assert study.patients["group"].tolist() == ["A", "B"]


def test_a_workbook_in_a_folder_with_a_title_is_read(tmp_path, files):
    workbook(tmp_path / "lab.xlsx")
    (tmp_path / "study.toml").write_text('title = "Trial"')
    study = take_in([*files(), tmp_path / "study.toml"]).study
    assert (study.title, len(study.immune_subsets)) == ("Trial", 2)


def test_a_file_that_a_study_toml_does_not_name_is_noted(tmp_path, files):
    (tmp_path / "study.toml").write_text('[tables]\npasi = "pasi.csv"')
    taken = take_in(files(other="Patient,Week,Treg %\nP01,0,5.1\n"))
    assert "note: other.csv is not read: study.toml does not name it." in as_text(taken.report)


def test_what_is_wrong_in_a_second_file_is_a_warning(files):
    taken = take_in(files(Lab="Patient,Week,Treg %\nP01,0,5.1\nP01,0,6.2\nP02,0,5\nP02,4,6\n"))
    text = as_text(taken.report)
    assert len(taken.study.immune_subsets) == 0
    assert "warning: Lab.csv, row 3, column 'Week': found patient_id 'P01', week 0" in text
    assert "Lab.csv → immune_subsets: 0 of 4 rows kept." in text
    assert "Lab.csv: none of it is read until what is wrong there is corrected." in taken.study.notes


def test_a_faulty_file_does_not_keep_a_good_one_out(files):
    taken = take_in(files(drugs=DRUGS, lab="Patient,Week,Treg %\nP01,0,5.1\nP01,0,6.2\nP02,0,5\nP02,4,6\n"))
    assert taken.study.treatments["treatment"].tolist() == ["Adalimumab"]
    assert any("lab.csv, row 3" in note for note in taken.study.notes)
    assert any(one.file == "lab.csv" and one.kept == 0 for one in taken.report.accounts)


def test_pasi_in_a_file_of_another_name_is_read_by_its_columns(tmp_path):
    (tmp_path / "passi.csv").write_text(PASI)
    (tmp_path / "treatments.csv").write_text("patient_id,treatment,kind,start_week,end_week\nP01,x,other,0,\n")
    (tmp_path / "study.toml").write_text("title = 'x'")
    study = take_in([tmp_path]).study
    assert (study.title, study.pasi["pasi"].tolist(), len(study.treatments)) == ("x", [20, 10, 15.5, 9.3], 1)


def test_a_column_called_name_in_a_file_of_nobody_with_pasi_changes_no_id(files):
    outline = "Depth,Name,Statistic,#Cells\n,a.fcs,,100000\n>,a.fcs/CD4,80,80000\n"
    taken = take_in(files(outline=outline))
    assert taken.study.patient_ids == ["P01", "P02"]
    assert "outline.csv" in as_text(taken.report)


def test_tubes_that_no_pattern_fits_are_set_aside_aloud(files):
    taken = take_in(files(flow=",A/CD4+ | Freq. of Parent\nblood.fcs,45\nserum.fcs,46\n"))
    text = as_text(taken.report)
    assert taken.study is not None
    assert "flow.csv → immune_subsets: 0 of 2 rows kept." in text
    assert "no name fits it: state the pattern." in text


def test_a_table_without_any_known_column_says_which_columns_it_has(files):
    taken = take_in(files(freezer="Box,Shelf\na,1\nb,2\n"))
    assert any(note.startswith("freezer.csv: nothing of this table is used: 'Box'") for note in taken.study.notes)


def test_a_file_whose_name_ends_that_of_a_faulty_one_is_read(files):
    lab = "Patient,Week,CD8 %\nP01,0,5.1\nP01,0,6.2\nP02,0,5\n"
    taken = take_in(files(b="Patient,Week,Treg %\nP01,0,5.1\n", lab=lab))
    assert taken.study.immune_subsets["subset"].tolist() == ["Treg %"]
    assert "lab.csv: none of it is read until what is wrong there is corrected." in taken.study.notes


SOURCE = "[[sources]]\nfile = '../{}/x.csv'\ntable = '{}'\ncolumns = {{ patient_id = 'patient_id', {} }}\n"
STATED = {
    "tables": "[tables]\npasi = '../a/x.csv'\ntreatments = '../b/x.csv'\n",
    "sources": SOURCE.format("a", "pasi", "week = 'week', pasi = 'pasi'")
    + SOURCE.format("b", "treatments", "treatment = 'treatment', kind = 'kind', start_week = 'start_week'"),
}


@pytest.mark.parametrize("toml", STATED.values(), ids=STATED)
def test_two_files_of_one_name_are_told_apart(tmp_path, toml):
    for folder, text in {"a": PASI, "b": "patient_id,treatment,kind,start_week\nP01,x,other,0\n", "s": toml}.items():
        (tmp_path / folder).mkdir()
        (tmp_path / folder / ("study.toml" if folder == "s" else "x.csv")).write_text(text)
    taken = take_in([tmp_path / "s"])
    assert (len(taken.study.pasi), taken.study.treatments["treatment"].tolist()) == (4, ["x"])


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_file_that_is_called_as_a_further_copy_would_be_is_read_too(tmp_path, order):
    named = [("a", "pasi.csv"), ("b", "pasi.csv"), ("c", "pasi (2).csv")]
    paths = []
    for folder, name in named:
        (tmp_path / folder).mkdir()
        paths.append(tmp_path / folder / name)
        paths[-1].write_text(f"Patient,Week,PASI\n{folder}1,0,20\n{folder}1,4,5\n")
    taken = take_in([paths[at] for at in order], edits=Edits())
    assert set(taken.study.patient_ids) == {"a1", "b1", "c1"}
    assert len({account.file for account in taken.report.accounts}) == 3


CLINIC = "Patient,Visit,PASI\nA,Baseline,20\nA,EOT,5\n"
ONCE = {
    "our own": {"pasi.csv": PASI, "treatments.csv": "patient_id,treatment,kind,start_week,end_week\nP01,x,other,0,\n"},
    "a clinic": {"visits.csv": CLINIC, "lab.xlsx": b""},
    "beside our own": {"pasi.csv": PASI, "box.csv": "Box,Shelf\na,1\nb,2\n"},
    "faulty beside our own": {"pasi.csv": PASI, "lab.csv": "Patient,Week,Treg %\nP01,0,5.1\nP01,0,6.2\n"},
    "refused": {"x.csv": "Patient,PASI\nA,20\n"},
    "stated tables": {"study.toml": "[tables]\npasi = 'my.csv'\n", "my.csv": PASI, "other.csv": CLINIC},
    "stated sources": {
        "study.toml": "[[sources]]\nfile = 'v.csv'\ntable = 'pasi'\ntime = 'visits'\n"
        "columns = { patient_id = 'Patient', week = 'Visit', pasi = 'PASI' }\nvisits = { EOT = 12 }\n",
        "v.csv": CLINIC,
    },
}


@pytest.mark.parametrize("named", ONCE.values(), ids=ONCE)
def test_no_file_is_read_twice(tmp_path, monkeypatch, named):
    read = []
    for reader in ("_read_text", "_read_workbook"):
        kinds = [
            replace(kind, read=counted(kind.read, read)) if kind.read.__name__ == reader else kind
            for kind in sources.KINDS
        ]
        monkeypatch.setattr(sources, "KINDS", tuple(kinds))
    for name, content in named.items():
        workbook(tmp_path / name) if name.endswith(".xlsx") else (tmp_path / name).write_text(content)
    take_in(sorted(tmp_path.iterdir()))
    assert read
    assert len(set(read)) == len(read)


def counted(read, names):
    def reading(path, report, ids):
        names.append(path.name)
        return read(path, report, ids)

    return reading
