"""Tables of a clinic in whatever text or workbook they come."""

import datetime as dt
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pytest

from data.catalog import open_study
from data.files import open_files, proposed, take_in
from data.intake.build.weeks import REFERENCES
from data.intake.columns.dates import day, orders_of
from data.intake.columns.roles import ROLES
from data.intake.columns.visits import week_of
from data.intake.layouts.registry import LAYOUTS, recognised
from data.intake.sources import KINDS, sources_in
from data.problems import Report

VISITS = "Patient No,Visit date,PASI,IGA,Treg %,Th17 %,Comment\n"
ROWS = 'A-1,01.03.2021,"22,4",4,"5,2",1.1,ok\nA-1,29.03.2021,"3,1",1,"7,9",<0.2,\nB-2,01.03.2021,n/a,4,"5,2",1.1,\n'
HEAD = "patient_id,week,pasi\n"


@pytest.fixture
def table(tmp_path):
    def write(content, name="visits.csv"):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path / name

    return write


def test_dates_become_weeks_and_markers_become_subsets(table):
    study = open_study(table(VISITS + ROWS))
    assert study.pasi["week"].tolist() == [0, 4, 0]
    np.testing.assert_array_equal(study.pasi["pasi"], [22.4, 3.1, np.nan])
    assert study.pasi["iga"].tolist() == [4, 1, 4]
    assert study.subset_definitions["subset"].tolist() == ["Treg %", "Th17 %"]
    assert study.immune_subsets["below_limit"].tolist()[3] == 0.2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters(table, encoding, delimiter):
    text = "patient_id,week,pasi\né-1,0,20.5\në-2,4,LTFU\n".replace(",", delimiter)
    study = open_study(table(text.encode(encoding), "pasi.csv"))
    assert study.patient_ids == ["é-1", "ë-2"]
    assert study.pasi["pasi"].tolist()[0] == 20.5
    assert "'LTFU' (1) in pasi read as missing" in " ".join(study.notes)


def test_a_below_limit_value_in_our_own_table(folder):
    study = open_study(folder(immune_subsets="patient_id,week,treg\nP1,0,<0.2\nP1,4,0.3\n"))
    np.testing.assert_array_equal(study.immune_subsets["value"], [np.nan, 0.3])
    np.testing.assert_array_equal(study.immune_subsets["below_limit"], [0.2, np.nan])


def test_further_scores_with_their_ranges(folder):
    scores = "patient_id,week,pasi,iga,napsi,itch_nrs\nP1,0,20,4,30,7\n"
    assert open_study(folder(pasi=scores)).pasi[["iga", "napsi", "itch_nrs"]].to_numpy().tolist() == [[4, 30, 7]]
    report = take_in([folder(pasi=scores.replace("30,7", "161,11"))]).report
    assert {(one.column, one.found.strip("'")) for one in report.problems} == {("napsi", "161"), ("itch_nrs", "11")}


def test_a_workbook_of_several_sheets(tmp_path):
    book = openpyxl.Workbook()
    page = book.active
    page.title = "Visits"
    for row in (
        ("Patient No", "Visit date", "PASI"),
        ("A", dt.date(2021, 3, 1), "22,4"),
        ("A", dt.date(2021, 3, 29), 3),
    ):
        page.append(row)
    drugs = book.create_sheet("Drugs")
    drugs.append(("Patient No", "Drug", "Start date", "End date", "Dose (mg)"))
    drugs.append(("A", "adalimumab", dt.date(2021, 3, 15), None, 40))
    drugs.sheet_state = "hidden"
    book.save(tmp_path / "clinic.xlsx")
    taken = take_in([tmp_path / "clinic.xlsx"])
    assert taken.study.pasi["pasi"].tolist() == [22.4, 3]
    assert taken.study.treatments[["start_week", "dose"]].to_numpy().tolist() == [[2, 40]]
    assert taken.study.treatments["dose_unit"].tolist() == ["mg"]
    assert np.isnan(taken.study.treatments["end_week"]).all()
    assert any("hidden sheets 'Drugs'" in note for note in taken.report.notes)


def test_two_files_are_joined_by_patient_and_week(table):
    pasi = table("ID;Week;PASI\n1;0;20\n1;4;5\n", "skin.csv")
    dlqi = table("Patient,Week,DLQI\n1,0,11\n1,4,2\n2,0,9\n", "quality.csv")
    taken = take_in([pasi, dlqi])
    np.testing.assert_array_equal(taken.study.pasi[["pasi", "dlqi"]], [[20, 11], [5, 2], [np.nan, 9]])
    assert any("2 row(s) are of a visit that has another row" in note for note in taken.report.notes)


def test_two_values_for_one_visit_are_a_problem_with_its_place(table):
    report = take_in([table("ID;Week;PASI\n1;0;20\n", "one.csv"), table("ID;Week;PASI\n1;0;21\n", "two.csv")]).report
    assert [(one.file, one.row) for one in report.problems] == [("two.csv", 2)]


def test_months_days_and_names_of_visits(table):
    assert open_study(table("ID,Month,PASI\n1,0,20\n1,3,5\n")).pasi["week"].round(2).tolist() == [0, 13.04]
    assert open_study(table("ID,Day,PASI\n1,0,20\n1,14,5\n")).pasi["week"].tolist() == [0, 2]
    named = take_in([table("ID,Visit,PASI\n1,Baseline,20\n1,Week 12,5\n1,Unscheduled,6\n")])
    assert named.study.pasi["week"].tolist() == [0, 12]
    assert named.report.accounts[0].aside[0].rows == (4,)


def test_a_record_number_as_the_only_patient_column_is_replaced_by_codes(table):
    taken = take_in([table("MRN,Week,PASI\n4471,0,20\n4471,4,5\n9920,0,30\n")])
    assert taken.study.patient_ids == ["P1", "P2"]
    assert any("MRN, which identifies" in sentence for sentence in taken.proposal.unclear)
    assert taken.proposal.columns[0]["preview"] == ["•••", "•••"]


def test_columns_that_identify_are_dropped_from_our_own_table_unless_kept(folder):
    patients = "patient_id,birth_date,initials,contact,bmi\nP1,1970-01-02,AB,a@b.org,25\nP2,1980-01-02,CD,c@d.org,30\n"
    study = open_study(folder(patients=patients))
    assert study.patients.columns.tolist() == ["patient_id", "group", "bmi"]
    assert sum("left out for privacy" in note for note in study.notes) == 3
    kept = open_study(folder(patients=patients, **{"study.toml": '[privacy]\nkeep = ["initials"]\n'}))
    assert kept.patients["initials"].tolist() == ["AB", "CD"]


def test_dates_in_notes_are_removed(folder):
    events = "patient_id,week,event,note\nP1,1,fever,since 2021-03-04 at home\n"
    assert open_study(folder(events=events)).events["note"].tolist() == ["since [date] at home"]


@pytest.mark.parametrize(
    ("cells", "orders"),
    [
        (["13/04/2021", "03/04/2021"], ["day first"]),
        (["04/13/2021"], ["month first"]),
        (["03/04/2021"], ["day first", "month first"]),
        (["03/04/21"], ["day first", "month first", "year first"]),
        (["99/12/31"], ["year first"]),
        (["13/04/2021", "04/13/2021"], ["day first", "month first"]),
        (["2021-04-03", "3-Apr-21"], []),
    ],
)
def test_the_orders_of_day_and_month_that_the_cells_allow(cells, orders):
    assert list(orders_of([pd.Series(cells)])) == orders


@pytest.mark.parametrize(
    "cell",
    [
        "2021-03-04",
        "2021-03-04T10:00",
        "04.03.2021",
        "04.03.21",
        "4-Mar-2021",
        "4-Mar-21",
        "04MAR2021",
        44259,
        dt.date(2021, 3, 4),
    ],
)
def test_spellings_of_a_date(cell):
    assert day(cell) == dt.date(2021, 3, 4)


@pytest.mark.parametrize("cell", ["2021-03", "31.02.2021", "x", "", 4.0, True])
def test_what_is_no_date(cell):
    assert day(cell) is None


@pytest.mark.parametrize(
    ("name", "week"),
    [("Week 4", 4), ("W04", 4), ("wk-12", 12), ("Baseline", 0), ("Day 15", 2), ("Day 1", 0), ("Visit 3", None), ("EOT", None)],
)  # fmt: skip
def test_names_of_visits(name, week):
    assert week_of(name) == week


EXAMPLES = {
    "reprise": "patient_id,week,pasi\n1,0,3\n",
    "redcap": "record_id,redcap_event_name,pasi\n1,week_4_arm_1,3\n",
    "flowjo": ",CD4 | Freq. of Parent\nP1_W0.fcs,3\n",
    "adam": "USUBJID,PARAMCD,AVAL,ADY\n1,PASI,3,1\n",
    "sdtm": "USUBJID,QSTESTCD,QSTEST,QSSTRESN,QSDY\n1,PASI,PASI Total,3,1\n",
    "clinic": "Patient,Visit date,PASI score\n1,2021-03-04,3\n",
}


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_every_layout_is_recognised_by_content_with_a_reason_and_proposes_entries(layout, table):
    (source,) = sources_in(table(EXAMPLES[layout.name], "export_77.csv"), Report())
    found, score, why = recognised(source)
    assert (found.name, 0 < score <= 1, len(why) > 10) == (layout.name, True, True)
    assert proposed([table(EXAMPLES[layout.name], "export_77.csv")]).mapping["sources"]


def test_registries_say_what_they_are():
    assert all(kind.why and kind.name for kind in KINDS)
    assert all(role.meaning and role.tables for role in ROLES.values())
    kinds = {"reference date", "index treatment", "first treatment", "first visit", "baseline visit"}
    assert set(REFERENCES) == kinds


def test_nothing_in_the_files_is_a_sentence(table):
    report = take_in([table("colour,height\nred,180\n")]).report
    assert [one.file for one in report.problems] == ["visits.csv"] * len(report.problems) != []


def test_progress_is_told(table):
    seen = []
    open_files([table(VISITS + ROWS)], progress=lambda share, what: seen.append((share, what)))
    shares = [share for share, _ in seen]
    assert shares == sorted(shares)
    assert any("visits.csv" in what for _, what in seen)


ODS = """<?xml version="1.0" encoding="UTF-8"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" office:version="1.2"><office:body><office:spreadsheet>
<table:table table:name="Sheet1">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"""


def ods_cell(value):
    if isinstance(value, dt.date):
        return f'<table:table-cell office:value-type="date" office:date-value="{value}"/>'
    if isinstance(value, str):
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="float" office:value="{value}"/>'


def test_a_spreadsheet_of_libreoffice(tmp_path):
    rows = [("Patient", "Visit date", "PASI"), ("A", dt.date(2021, 3, 1), 20.5), ("A", dt.date(2021, 3, 15), 4)]
    written = "".join(f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>" for row in rows)
    with zipfile.ZipFile(tmp_path / "x.ods", "w") as parts:
        parts.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        parts.writestr("content.xml", ODS.format(rows=written))
        parts.writestr("META-INF/manifest.xml", "<manifest/>")
    assert open_study(tmp_path / "x.ods").pasi[["week", "pasi"]].to_numpy().tolist() == [[0, 20.5], [2, 4]]
