"""A patient may be called NA: in the column of patients that is no missing value, and a row without one is told."""

import openpyxl
import pytest

from data.files import take_in

ROWS = [("{}", 0, 14), ("{}", 6, 5), ("KB", 0, 12), ("KB", 6, 3)]


@pytest.fixture
def taken(tmp_path):
    """Writes rows of patient, week and score, and says what comes of them."""

    def read(called, header="Patient,Visit week,PASI", name="visits.csv", rows=ROWS):
        table = [header.split(","), *[(str(row[0]).format(called), *row[1:]) for row in rows]]
        if name.endswith(".xlsx"):
            book = openpyxl.Workbook()
            for row in table:
                book.active.append(row)
            book.save(tmp_path / name)
        else:
            text = "\n".join(",".join(map(str, row)) for row in table)
            (tmp_path / name).write_text(text + "\n")
        return take_in([tmp_path / name])

    return read


def told(intake):
    return [one for one in intake.report.warnings if "patient" in one.found]


@pytest.mark.parametrize("called", ["NA", "NaN", "nan", "na"])
@pytest.mark.parametrize("header", ["Patient,Visit week,PASI", "Subject ID,Week,PASI", "Pat. Nr.,Week,PASI"])
@pytest.mark.parametrize("name", ["visits.csv", "visits.xlsx"])
def test_an_id(taken, called, header, name):
    intake = taken(called, header, name)
    assert set(intake.study.patients["patient_id"]) == {f"{called}.", "KB"}
    (warning,) = told(intake)
    assert warning.row == 2
    assert f"'{called}' as the patient in 2 rows" in warning.found


@pytest.mark.parametrize(
    "header", ["Initials,Visit week,PASI", "Initialen,Visit week,PASI", "Patient initials,Visit week,PASI"]
)
def test_initials_which_are_replaced_by_codes(taken, header):
    intake = taken("NA", header)
    assert intake.study.pasi["patient_id"].value_counts().to_dict() == {"P1": 2, "P2": 2}
    assert len(told(intake)) == 1


@pytest.mark.parametrize("called", ["NULL", "None", "NAN"])
def test_other_ids_that_read_as_nothing_are_plain(taken, called):
    intake = taken(called)
    assert set(intake.study.patients["patient_id"]) == {called, "KB"}
    assert not told(intake)


def test_in_our_own_table(taken):
    intake = taken("NA", "patient_id,week,pasi", "pasi.csv")
    assert set(intake.study.patients["patient_id"]) == {"NA.", "KB"}
    assert len(told(intake)) == 1


def test_in_quotes(tmp_path):
    (tmp_path / "visits.csv").write_text('"Patient","Visit week","PASI"\n"NA",0,14\n"KB",0,3\n')
    assert set(take_in([tmp_path / "visits.csv"]).study.patients["patient_id"]) == {"NA.", "KB"}


def test_rows_that_conflict_are_set_aside_aloud(taken):
    intake = taken("NA", rows=[*ROWS, ("NA", 6, 9), ("LC", 0, 8)])
    assert any("which differ" in one.found and "'NA.'" in one.found for one in intake.report.warnings)


@pytest.mark.parametrize("blank", ["", "N/A", "."])
def test_a_row_that_loses_its_patient_is_a_warning(taken, blank):
    intake = taken(blank)
    (warning,) = told(intake)
    assert (warning.row, warning.found) == (2, "no patient in rows 2, 3")
    assert len(intake.study.pasi) == 2


def test_a_row_without_any_value_is_none(taken):
    intake = taken("", rows=[("", 6, ""), *ROWS[2:]])
    assert not told(intake)


def test_na_elsewhere_is_missing(taken):
    intake = taken("KA", rows=[("KA", 0, "NA"), *ROWS[1:]])
    assert intake.study.pasi["pasi"].isna().sum() == 1
