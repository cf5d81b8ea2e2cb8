"""One odd cell refuses no study: it is understood where that is certain, else set aside and told."""

import numpy as np
import pytest

from data.files import take_in

HEAD = "patient_id,week,pasi\nA,0,20\nA,4,10\nB,0,15\nB,4,7\nB,8,5\n"


@pytest.fixture
def read(tmp_path):
    def write(cell, head=HEAD):
        (tmp_path / "pasi.csv").write_text(f"{head}A,8,{cell}\n")
        return take_in([tmp_path / "pasi.csv"])

    return write


@pytest.mark.parametrize(
    ("cell", "value"), [("0 (clear)", 0), ("9.3 improved", 9.3), ("12.4/72", 12.4), ("3 points", 3)]
)
def test_a_cell_that_says_more_than_its_number(read, cell, value):
    taken = read(cell)
    assert value in taken.study.pasi["pasi"].tolist()
    assert any(f"'{cell}' (1) read as a number" in note for note in taken.report.notes)


@pytest.mark.parametrize("cell", ["k.A.", "refused", "nicht erhoben", "n.a.", "INV", "NASK", "?"])
def test_words_of_a_missing_value(read, cell):
    taken = read(cell)
    assert np.isnan(taken.study.pasi["pasi"]).sum() == 1
    assert any(f"'{cell}' (1)" in note for note in taken.report.notes)


@pytest.mark.parametrize("cell", ["-9", "-99", "999"])
def test_codes_of_a_missing_value_where_they_are_no_value(read, cell):
    taken = read(cell)
    assert np.isnan(taken.study.pasi["pasi"]).sum() == 1
    assert any("as missing, which it cannot be as a value" in note for note in taken.report.notes)


def test_codes_that_may_be_values_are_values(read):
    bsa = read("30,99", "patient_id,week,pasi,bsa\nB,0,15,20\nB,4,7,10\n").study.pasi["bsa"]
    assert 99 in bsa.tolist()


@pytest.mark.parametrize("cell", ["severe", "73", "ca. 12", "12/70", "5-6", "1.2.3"])
def test_an_odd_cell_is_set_aside_with_its_place(read, cell):
    taken = read(cell)
    assert np.isnan(taken.study.pasi["pasi"]).sum() == 1
    (warning,) = [one for one in taken.report.warnings if "set aside as missing" in one.advice]
    assert (warning.row, warning.column, warning.found.strip("'")) == (7, "pasi", cell)


def test_a_column_that_is_odd_by_half_is_refused(read):
    taken = read("bad", "patient_id,week,pasi\nB,0,15\n")
    assert [one.found for one in taken.report.problems] == ["'bad'"]


def test_an_odd_week_is_refused_in_our_own_table_and_set_aside_in_others(read, tmp_path):
    (tmp_path / "visits.csv").write_text("Patient,Visit week,PASI total\nA,0,20\nA,4,10\nA,8,9\nA,unscheduled,5\n")
    taken = take_in([tmp_path / "visits.csv"])
    assert taken.study.pasi["week"].tolist() == [0, 4, 8]
    assert taken.report.accounts[-1].aside[0].reason == "a time that is not a number"
