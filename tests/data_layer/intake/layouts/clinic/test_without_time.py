"""Clinic tables in which no column says when: a person says one week for all rows, or the weeks of a patient's rows."""

import pytest

from data.check import status
from data.files import take_in
from data.intake.review.edits import edits_of
from data.intake.review.open_questions import open_questions
from data.intake.review.write_toml import toml_text
from data.own_format.write_tables import as_files

BOTH = "Patient,PASI,CD4 T\nA,20,40\nA,5,44\nB,11,38\nB,,36\nB,3,35\n"
SCORES = "Kennung;PASI;DLQI\nK7;12,5;9\nK9;3,1;2\nK7;4;1\n"
RESULTS = "Code,Population,Percent\nA,Treg,3\nA,Th17,1\nA,Treg,4\nB,Treg,5\nA,Th17,2\n"
ROLES = [["rows.csv", "", "Population", "subset"], ["rows.csv", "", "Percent", "value"]]


@pytest.fixture
def read(tmp_path):
    """What comes of a file, and of others beside it, after what is said of its weeks."""

    def taken(text, weeks=None, roles=(), **beside):
        files = {"rows": text, **beside}
        for name, content in files.items():
            (tmp_path / f"{name}.csv").write_text(content)
        said = {"weeks": [["rows.csv", "", weeks]], "roles": list(roles)} if weeks is not None else None
        return take_in([tmp_path / f"{name}.csv" for name in files], edits=edits_of(said) if said else None)

    return taken


def visits(intake, score="pasi"):
    table = intake.study.pasi
    return list(zip(table["patient_id"].astype(str), table["week"], table[score].fillna(-1), strict=True))


def samples(intake):
    table = intake.study.immune_subsets[["patient_id", "subset", "week", "value"]]
    return sorted(table.astype({"patient_id": str, "subset": str}).itertuples(index=False, name=None))


def asked(intake):
    return [one for one in open_questions(intake.proposal) if one["kind"] == "weeks"]


@pytest.mark.parametrize(
    ("text", "roles", "measured"),
    [(BOTH, (), "'PASI', 'CD4 T'"), (SCORES, (), "'PASI', 'DLQI'"), (RESULTS, ROLES, "'Percent'")],
)
def test_the_week_of_the_rows_is_asked(read, text, roles, measured):
    intake = read(text)
    assert intake.study is None
    assert status(intake) == 1
    (question,) = asked(intake)
    assert (question["file"], question["column"], question["proposed"]) == ("rows.csv", None, "")
    assert f"no column says when {measured} were measured" in question["sentence"]
    assert not asked(read(text, "0, 4, 8", roles))


def test_of_columns_that_nothing_is_known_of_one_may_be_the_time_which_is_asked_first(read):
    lone = "Subject,DPO,PASI\nA,0,20\nA,28,5\n"
    beside = read(lone, visits="Patient,Week,PASI\nB,0,11\n")
    assert [one["kind"] for one in open_questions(beside.proposal) if one["file"] == "rows.csv"][:1] == ["roles"]
    assert not asked(beside)
    assert len(asked(read(lone, "", [["rows.csv", "", "DPO", ""]]))) == 0
    assert visits(read(lone, "0, 4", [["rows.csv", "", "DPO", ""]])) == [("A", 0, 20), ("A", 4, 5)]


def test_rows_are_in_order_and_a_visit_without_a_value_is_one(read):
    intake = read(BOTH, "0, 4, 9.5")
    assert visits(intake) == [("A", 0, 20), ("A", 4, 5), ("B", 0, 11), ("B", 4, -1), ("B", 9.5, 3)]
    assert samples(intake)[2:] == [("B", "CD4 T", 0, 38), ("B", "CD4 T", 4, 36), ("B", "CD4 T", 9.5, 35)]
    assert not intake.report.warnings


def test_a_patients_rows_need_not_stand_together(read):
    intake = read(SCORES, "-2; 6")
    assert visits(intake) == [("K7", -2, 12.5), ("K7", 6, 4), ("K9", -2, 3.1)]
    assert [score for *_, score in visits(intake, "dlqi")] == [9, 1, 2]


def test_results_one_a_row_are_in_order_subset_by_subset(read):
    intake = read(RESULTS, "0 4", ROLES)
    assert samples(intake) == [
        ("A", "Th17", 0, 1), ("A", "Th17", 4, 2), ("A", "Treg", 0, 3), ("A", "Treg", 4, 4), ("B", "Treg", 0, 5),
    ]  # fmt: skip


def test_all_at_one_time(read):
    intake = read("Patient,PASI,Sex\nA,20,f\nB,11,m\n,,\n", "12")
    assert visits(intake) == [("A", 12, 20), ("B", 12, 11)]
    assert not intake.report.problems


def test_a_patient_with_more_rows_than_weeks_is_a_sentence(read):
    intake = read(BOTH, "0, 4")
    (warning,) = intake.report.warnings
    assert (warning.row, warning.column) == (6, "Patient")
    assert "more rows than weeks of patient(s) 'B'" in str(warning)
    assert {one.aside[0].rows for one in intake.report.accounts} == {(6,)}
    assert len(visits(intake)) == 4


def test_several_rows_of_a_patient_are_not_at_one_time(read):
    intake = read(BOTH, "3")
    (problem,) = intake.report.problems
    assert (problem.row, problem.column) == (None, "Patient")
    assert "several rows of patient(s) 'A', 'B' in one week" in str(problem)


def test_of_a_table_beside_others_it_is_asked_and_nothing_else_is_lost(read):
    beside = {"visits": "Patient,Week,PASI\nA,0,20\nB,0,11\n"}
    flow = "Patient,CD4 T,Treg\nA,40,3\nB,38,2\n"
    assert len(asked(read(flow, **beside))) == 1
    intake = read(flow, "0", **beside)
    assert len(samples(intake)) == 4
    assert visits(intake) == [("A", 0, 20), ("B", 0, 11)]
    without = read(flow, "", **beside)
    assert (samples(without), asked(without)) == ([], [])


@pytest.mark.parametrize("columns", ["Patient,Week,PASI\nA,0,20\nA,4,5\n", "Patient,PASI W0,PASI W4\nA,20,5\n"])
def test_a_table_with_a_time_is_not_asked_and_keeps_it(read, columns):
    assert not asked(read(columns))
    assert visits(read(columns, "7, 8")) == [("A", 0, 20), ("A", 4, 5)]


def test_a_column_called_week_that_is_something_else_stays_what_it_is(read):
    intake = read("Patient,week\nA,20\nA,5\n", "0, 4", [["rows.csv", "", "week", "pasi"]])
    assert visits(intake) == [("A", 0, 20), ("A", 4, 5)]


def test_our_own_table_without_weeks_is_asked_too(tmp_path):
    (tmp_path / "pasi.csv").write_text("patient_id,pasi\nA,20\nA,5\n")
    assert len(asked(take_in([tmp_path / "pasi.csv"]))) == 1
    intake = take_in([tmp_path / "pasi.csv"], edits=edits_of({"weeks": [["pasi.csv", "", "0, 4"]]}))
    assert visits(intake) == [("A", 0, 20), ("A", 4, 5)]


@pytest.mark.parametrize(("text", "roles"), [(BOTH, ()), (SCORES, ()), (RESULTS, ROLES)])
def test_weeks_are_kept_in_a_study_toml_and_in_our_own_tables(read, tmp_path, text, roles):
    said = read(text, "0, 4, 12", roles)
    (tmp_path / "study.toml").write_text(toml_text(said.proposal.mapping))
    again = take_in([tmp_path / "study.toml", tmp_path / "rows.csv"])
    own = tmp_path / "own"
    own.mkdir()
    for name, content in as_files(said.study).items():
        (own / name).write_text("".join(content))
    for other in (again, take_in([own])):
        assert other.study.pasi.equals(said.study.pasi)
        assert samples(other) == samples(said)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('table = "pasi"\ncolumns = { patient_id = "Patient", pasi = "PASI" }\nweeks = []', "no week"),
        ('table = "pasi"\ncolumns = { patient_id = "Patient", pasi = "PASI", week = "CD4 T" }\nweeks = [0]',
         "weeks beside a column of weeks"),
        ('table = "pasi"\ntime = "days"\ncolumns = { patient_id = "Patient", pasi = "PASI" }\nweeks = [0]',
         "weeks beside time"),
        ('table = "patients"\ncolumns = { patient_id = "Patient" }\nweeks = [0]', "weeks of the table patients"),
        ('table = "pasi"\ncolumns = { pasi = "PASI" }\nweeks = [0]',
         "no patient_id, week for the table pasi from 'rows.csv'"),
        ('table = "pasi"\ncolumns = { patient_id = "Patient", pasi = "PASI" }\nweeks = ["soon"]', "['soon']"),
    ],
)  # fmt: skip
def test_what_a_study_toml_cannot_say_of_weeks_is_a_sentence(tmp_path, source, found):
    (tmp_path / "rows.csv").write_text(BOTH)
    (tmp_path / "study.toml").write_text(f'[[sources]]\nfile = "rows.csv"\n{source}\n')
    problems = take_in([tmp_path / "study.toml", tmp_path / "rows.csv"]).report.problems
    assert problems[0].found == found
    assert problems[0].file == "study.toml"
