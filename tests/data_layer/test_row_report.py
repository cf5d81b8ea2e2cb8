"""The report of what was read, the template, and what leaves as CSV."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.catalog import open_study
from data.check import main
from data.csv_export import csv_text, escaped
from data.files import take_in
from data.row_report import as_csv, as_json, as_table, as_text
from data.template import template
from data_layer.clinic_files import FLOWJO, REDCAP

TABLES = ("patients", "pasi", "immune_subsets", "subset_definitions", "treatments", "events")


@pytest.fixture
def paths(tmp_path):
    for name, content in (("redcap.csv", REDCAP), ("flow.csv", FLOWJO)):
        (tmp_path / name).write_text(content)
    return [str(tmp_path / name) for name in ("redcap.csv", "flow.csv")]


def test_the_report_says_the_same_in_every_form(paths):
    report = take_in(paths).report
    text, table, known = as_text(report), as_table(report), json.loads(as_json(report))
    assert "redcap.csv → pasi: 5 of 5 rows kept." in text
    assert "set aside: a control or compensation tube: row 7" in text
    assert table["level"].isin(["read", "set aside", "error", "warning", "note"]).all()
    assert len(known["warnings"]) == (table["level"] == "warning").sum()
    assert as_csv(report).splitlines()[0].startswith("\ufefflevel,file,table,row,column,rows_in")


def test_a_table_of_ours_opens_in_excel_and_in_reprise_with_its_umlauts(tmp_path):
    table = pd.DataFrame({"patient_id": ["Zoë-1", "Ø-2"], "week": [0, 0], "pasi": [20, 15], "Größe": ["häufig", "süß"]})
    (tmp_path / "pasi.csv").write_text(csv_text(table), encoding="utf-8")
    assert (tmp_path / "pasi.csv").read_bytes().startswith("\ufeffpatient_id,week,pasi,Größe".encode())
    study = take_in([tmp_path / "pasi.csv"]).study
    assert study.patient_ids == ["Zoë-1", "Ø-2"]
    assert study.pasi["pasi"].tolist() == [20, 15]


def test_check_takes_several_paths_and_speaks_json(paths, capsys):
    assert main([*paths, "--json"]) == 1
    known = json.loads(capsys.readouterr().out)
    assert known["study"].startswith("redcap.csv and flow.csv: 2 patients")
    Path(paths[1]).write_text("")
    assert main([paths[1], "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["errors"][0]["message"]


def test_the_template_opens_as_the_case_series(tmp_path):
    (tmp_path / "template.xlsx").write_bytes(template())
    bundled, filled = open_study(), open_study(tmp_path / "template.xlsx")
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(bundled, name), getattr(filled, name))
    assert (bundled.title, bundled.index, filled.notes) == (filled.title, filled.index, ())


def test_texts_that_look_like_formulas_are_escaped_and_numbers_are_not():
    table = pd.DataFrame({"note": ["=1+1", "-x", "@a", "ok", "\tb"], "value": [-1.5, 2, np.nan, 0, 1]})
    safe = escaped(table)
    assert safe["note"].tolist() == ["'=1+1", "'-x", "'@a", "ok", "'\tb"]
    pd.testing.assert_series_equal(safe["value"], table["value"])
    assert table["note"].iloc[0] == "=1+1"
