"""A study written in our own format opens as the same study."""

import csv
import zipfile
from dataclasses import replace
from io import BytesIO

import pandas as pd
import pytest

from data import csv_export
from data.catalog import open_study
from data.deadline import LateError, deadline, kept
from data.files import take_in
from data.own_format.write_tables import as_files, write_zip
from data.schema import TABLES
from data_layer.clinic_files import DICTIONARY, DRUGS, FLOWJO, REDCAP, SKIN, TUBES

SETS = {
    "a clinic": {"skin": SKIN, "drugs": DRUGS, "flow": TUBES},
    "REDCap": {"redcap": REDCAP, "fields": DICTIONARY, "flow": FLOWJO},
    "tenths and umlauts": {
        "pasi": "patient_id,week,pasi\nMüller-1,0.1,20.3\nMüller-1,4.142857142857143,7.7\n007,0,1\n"
    },
    "formulas": {
        "pasi": "patient_id,week,pasi\nP1,0,20\n",
        "events": "patient_id,week,event,note\nP1,1,'=cmd()|1,'-3 days\n",
    },
    "no PASI": {"treatments": "patient_id,treatment,kind,start_week,end_week\nP1,x,other,-2,\nP1,y,other,0,3\n"},
    "limits": {"pasi": "patient_id,week,pasi\nP1,0,20\n", "immune_subsets": "patient_id,week,il17,il6\nP1,0,<0.5,3\n"},
}


def same(one, other):
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))
    assert (one.title, one.citation, one.week_zero, one.index, one.story) == (
        other.title, other.citation, other.week_zero, other.index, other.story,
    )  # fmt: skip


def texts_of(study):
    return {name: "".join(parts) for name, parts in as_files(study).items()}


def written(study, folder):
    folder.mkdir()
    for name, text in texts_of(study).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_the_bundled_study(tmp_path):
    same(open_study(), open_study(written(open_study(), tmp_path / "x")))


@pytest.mark.parametrize("files", SETS.values(), ids=SETS)
def test_whatever_was_read(tmp_path, files):
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text)
    study = take_in(sorted(tmp_path.glob("*.csv"))).study
    again = take_in([written(study, tmp_path / "x")])
    same(study, again.study)
    assert again.proposal is None


def test_it_comes_as_a_zip(tmp_path):
    study = replace(open_study(), title='A "title" = 1')
    with (tmp_path / "x.zip").open("w+b") as file:
        write_zip(study, file)
    same(study, open_study(tmp_path / "x.zip"))
    assert set(zipfile.ZipFile(tmp_path / "x.zip").namelist()) == set(as_files(study))


def test_it_is_written_part_by_part_while_somebody_waits(monkeypatch):
    monkeypatch.setattr(csv_export, "AT_ONCE", 10)
    parts = list(as_files(open_study())["pasi.csv"])
    assert len(parts) > 3
    assert [part.count("\n") for part in parts[:2]] == [11, 10]
    late = pytest.raises(LateError, match="Nobody waits")
    with kept(deadline(9.0, left=iter((False, True)).__next__)), late:
        write_zip(open_study(), BytesIO())


def test_no_cell_is_a_formula_for_a_spreadsheet(tmp_path):
    (tmp_path / "pasi.csv").write_text("patient_id,week,pasi\n=P1,0,20\n")
    assert "'=P1" in texts_of(open_study(tmp_path))["pasi.csv"]


@pytest.mark.parametrize("name", ['=HYPERLINK("x")', "@sum", "+c", "-c"])
def test_no_header_is_a_formula_and_it_is_read_again_as_it_was(tmp_path, name):
    quoted = '"' + name.replace('"', '""') + '"'
    (tmp_path / "pasi.csv").write_text("patient_id,week,pasi\nP1,0,20\nP2,0,9\n")
    (tmp_path / "patients.csv").write_text(f"patient_id,{quoted}\nP1,yes\nP2,no\n")
    files = texts_of(open_study(tmp_path))
    header = next(csv.reader([files["patients.csv"].lstrip("\ufeff").splitlines()[0]]))
    assert f"'{name}" in header
    for file, text in files.items():
        (tmp_path / file).write_text(text)
    assert name in open_study(tmp_path).patients.columns
