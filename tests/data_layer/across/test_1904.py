"""Workbooks that count days from 1904: cells of dates and numbers for days are the same days."""

import datetime as dt

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904, to_excel

from data.files import take_in

DAYS = [dt.date(2022, 3, 1), dt.date(2022, 3, 29), dt.date(2022, 5, 24)]
DRUGS = "Subject,Drug,Start date\nK1,MSC,2022-03-01\n"


@pytest.fixture
def taken(tmp_path):
    def read(rows, *, old=True):
        book = openpyxl.Workbook()
        if old:
            book.epoch = CALENDAR_MAC_1904
        for row in rows:
            book.active.append(row)
        book.save(tmp_path / "visits.xlsx")
        (tmp_path / "drugs.csv").write_text(DRUGS)
        return take_in([tmp_path / "visits.xlsx", tmp_path / "drugs.csv"])

    return read


def serial(day, *, old=True):
    return to_excel(day) - 1462 * old


@pytest.mark.parametrize("old", [True, False])
@pytest.mark.parametrize("kinds", [(serial, serial, serial), (lambda day, old: day, serial, serial)])
def test_numbers_and_dates_are_the_same_days(taken, old, kinds):
    rows = [("K1", kind(day, old=old), score) for kind, day, score in zip(kinds, DAYS, (14, 6, 3), strict=True)]
    intake = taken([("Subject", "Visit date", "PASI"), *rows], old=old)
    assert intake.study.pasi["week"].tolist() == [0, 4, 12]
    assert any("1904" in note for note in intake.report.notes) == old


def test_samples_with_a_column_each_too(taken):
    rows = [("K1", serial(day), value, 2 * value) for day, value in zip(DAYS, (14, 6, 3), strict=True)]
    intake = taken([("Subject", "Sample date", "CD4 %", "CD8 %"), *rows])
    assert sorted(set(intake.study.immune_subsets["week"])) == [0, 4, 12]


def test_other_numbers_stay(taken):
    rows = [("K1", serial(day), score, 30_000) for day, score in zip(DAYS, (14, 6, 3), strict=True)]
    intake = taken([("Subject", "Visit date", "PASI", "Platelets"), *rows])
    assert set(intake.study.patients["Platelets"]) == {30_000}
