"""A minus is a minus, whatever sign a word processor made of it: in cells, headers and names of visits."""

import io

import openpyxl
import pytest

from data.files import open_files
from data.formats.workbooks import Workbook
from data.intake.columns.visits import read_visits
from data.intake.columns.wide_headers import grid_of
from data.intake.layouts.flowjo.tube_patterns import proposed_pattern
from data.intake.layouts.flowjo.tubes import read_tube
from data.problems import Report

SIGNS = ["\u2212", "\u2013", "\u2010", "\u2012", "\ufe63", "\uff0d", "\u2212 "]


@pytest.fixture
def weeks(tmp_path):
    """Writes a file and says the weeks of its visits."""

    def opened(name, text, encoding="utf-8"):
        (tmp_path / name).write_text(text, encoding)
        return open_files([tmp_path / name]).pasi["week"].tolist()

    return opened


@pytest.mark.parametrize("sign", SIGNS)
def test_in_the_weeks_of_a_clinic(weeks, sign):
    table = f"Subject;Week of study;Study week;PASI\nP1;a;{sign}3;12\nP1;b;0;11\nP1;c;6;4\n"
    assert weeks("visits.csv", table) == [-3, 0, 6]


@pytest.mark.parametrize("sign", SIGNS)
def test_in_our_own_table(weeks, sign):
    assert weeks("pasi.csv", f"patient_id,week,pasi\nS1,{sign}2,9\nS1,0,8\nS1,2,3\n") == [-2, 0, 2]


def test_in_front_of_a_decimal_comma(weeks):
    table = "Subject;Study week;PASI\nP1;−1,5;12,4\nP1;0;11,5\nP1;6;4,5\n"
    assert weeks("visits.csv", table) == [-1.5, 0, 6]


def test_in_a_workbook(tmp_path):
    book = openpyxl.Workbook()
    for row in (("patient_id", "week", "pasi"), ("S1", "−2", 9), ("S1", 0, 8)):
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    (tmp_path / "pasi.xlsx").write_bytes(content.getvalue())
    assert Workbook(tmp_path / "pasi.xlsx", Report()).sheet("Sheet").cells["week"].tolist() == ["-2", 0.0]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (["PASI W−4", "PASI W0", "PASI W4"], [-4, 0, 4]),
        (["PASI week –4", "PASI week 0", "PASI week 4"], [-4, 0, 4]),
        (["PASI −4 weeks", "PASI 0 weeks", "PASI 4 weeks"], [-4, 0, 4]),
        (["PASI week minus 4", "PASI week 0", "PASI week 4"], [-4, 0, 4]),
        (["PASI_W−4", "PASI_W-0", "PASI_W-4"], [-4, 0, 4]),
        (["PASI – W0", "PASI – W4", "PASI – W8"], [0, 4, 8]),
    ],
)
def test_in_headers(headers, expected):
    assert [grid_of(headers, {}).weeks["pasi"][name] for name in headers] == expected


@pytest.mark.parametrize(
    "name", ["Week −4", "Week –4", "Woche \ufe634", "W\uff0d4", "Day −28", "Screening (Day –28)", "Week minus 4"]
)
def test_in_names_of_visits(name):
    assert read_visits([name, "Week 0", "W4", "Day 0", "Woche 8"])[0][name] == -4


def test_in_columns_that_a_pattern_names(tmp_path):
    (tmp_path / "wide.csv").write_text("patient_id,V – −2,V – 0,V – 4\nS1,9,8,3\n", "utf-8")
    (tmp_path / "study.toml").write_text(
        '[tables.pasi]\nfile = "wide.csv"\n[tables.pasi.wide]\npattern = "V – {week}"\n', "utf-8"
    )
    assert open_files([tmp_path]).pasi["week"].tolist() == [-2, 0, 4]


@pytest.mark.parametrize("cell", ["\u2013", "3–5", "2021–03–04", "W−4 late"])
def test_a_dash_that_is_no_minus_stays(weeks, tmp_path, cell):
    (tmp_path / "patients.csv").write_text(f"patient_id,group,span\nS1,a,{cell}\nS2,a,none\n", "utf-8")
    (tmp_path / "pasi.csv").write_text("patient_id,week,pasi\nS1,0,8\nS2,0,8\n", "utf-8")
    assert open_files([tmp_path]).patients["span"].tolist()[0] in {cell, "[date]"}


@pytest.mark.parametrize("sign", ["\u2212", "\u2013", "-"])
def test_in_names_of_tubes(sign):
    tubes = [f"K{one}_W{week}_CD4.fcs" for one in (1, 2) for week in (f" {sign}2", "0", "4")]
    pattern = proposed_pattern(tubes, ("K1", "K2")).pattern
    visits = [read_tube(pattern, name).text for name in tubes]
    assert [read_visits(visits)[0][visit] for visit in visits] == [-2, 0, 4] * 2
