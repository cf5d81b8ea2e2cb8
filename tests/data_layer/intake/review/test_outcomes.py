"""A score of any name, said on the page: read, kept in study.toml, written and stored with its range and direction."""

import numpy as np
import pytest

from data.check import summary
from data.files import open_files, take_in
from data.intake.review.edits import edits_of
from data.intake.review.outcomes import range_in
from data.intake.review.write_toml import toml_text
from data.own_format.write_tables import as_files
from data.row_report import as_text
from data.study import Outcome
from data.uploading.manifest import TEXTS
from data.uploading.study_files import FORMAT, read_study, write_study

LONE = "Subject,DPO,Clinical score,CD4 T\nA,0,4,40\nA,7,3,35\nA,14,1,30\nB,0,5,41\nB,7,,36\nB,14,0,\n"
COLUMNS = [["Subject", "patient_id"], ["DPO", "days"], ["Clinical score", "score"]]
RANGE = ["lone.csv", "", "Clinical score", "range", "0 to 5"]


@pytest.fixture
def taken(tmp_path):
    def take(outcomes=(), roles=COLUMNS, **files):
        (tmp_path / "in").mkdir(exist_ok=True)
        for name, content in (files or {"lone": LONE}).items():
            (tmp_path / "in" / f"{name}.csv").write_text(content)
        paths = [tmp_path / "in" / f"{name}.csv" for name in files or ["lone"]]
        said = [[path.name, "", *one] for path in paths for one in roles]
        return take_in(paths, edits=edits_of({"roles": said, "outcomes": outcomes}))

    return take


def questions(intake):
    return {one.key[2:]: one for one in intake.proposal.questions if one.kind == "outcomes"}


def test_a_score_without_a_range_is_asked_for_it_and_opens_once_it_is_said(taken):
    first = taken()
    assert first.study is None
    assert "found no range of Clinical score, expected its lowest and its highest possible value" in as_text(
        first.report
    )
    asked = questions(first)
    assert {what for _, what in asked} == {"label", "range", "better"}
    assert asked["Clinical score", "range"].unclear
    assert asked["Clinical score", "better"].value == "lower"
    study = taken([RANGE]).study
    assert study.outcomes == (Outcome("clinical_score", "Clinical score", 0, 5),)
    np.testing.assert_array_equal(study.pasi["clinical_score"], [4, 3, 1, 5, np.nan, 0])
    assert study.pasi["week"].tolist() == [0, 1, 2, 0, 1, 2]
    assert "values of other scores: 5 of Clinical score" in summary(study)


def test_what_is_said_of_a_score_is_kept_as_it_is_asked(taken):
    place = RANGE[:3]
    said = [RANGE, [*place, "label", "Skin"], [*place, "better", "higher"]]
    intake = taken(said)
    assert intake.study.outcomes == (Outcome("clinical_score", "Skin", 0, 5, "higher"),)
    assert {key[1]: one.value for key, one in questions(intake).items()} == {
        "label": "Skin", "range": "0 to 5", "better": "higher",
    }  # fmt: skip


def test_study_toml_our_own_files_and_the_store_have_the_same_score(taken, tmp_path):
    intake = taken([RANGE, [*RANGE[:3], "better", "higher"]])
    text = toml_text(intake.proposal.mapping)
    assert "[outcomes.clinical_score]" in text
    (tmp_path / "in" / "study.toml").write_text(text)
    (tmp_path / "own").mkdir()
    for name, parts in as_files(intake.study).items():
        (tmp_path / "own" / name).write_text("".join(parts))
    assert "pasi," not in (tmp_path / "own" / "pasi.csv").read_text().splitlines()[0]
    (tmp_path / "stored").mkdir()
    write_study(intake.study, tmp_path / "stored")
    again = [open_files([tmp_path / "in"]), open_files([tmp_path / "own"]), read_study(tmp_path / "stored", "x")]
    for study in again:
        assert study.outcomes == intake.study.outcomes
        assert study.pasi["clinical_score"].equals(intake.study.pasi["clinical_score"])


def test_a_study_that_was_stored_before_there_were_such_scores_has_none(taken, tmp_path):
    write_study(taken([RANGE]).study, tmp_path)
    text = (tmp_path / TEXTS).read_text()
    start, end = text.index(', "outcomes"'), text.index(', "notes"')
    (tmp_path / TEXTS).write_text((text[:start] + text[end:]).replace(f'"format": {FORMAT}', '"format": 1'))
    assert read_study(tmp_path, "x").outcomes == ()


@pytest.mark.parametrize(
    ("header", "name", "label"),
    [(("BASELINE", "W4"), "skin", "Skin"), (("Lesion sum W0", "Lesion sum W4"), "lesion_sum", "Lesion sum")],
)
def test_one_column_a_visit_is_one_score_of_the_name_before_the_visit_or_of_the_file(taken, header, name, label):
    roles = [[column, "score"] for column in header]
    outcomes = [["skin.csv", "", header[0], "range", "-2 to 12"]]
    study = taken(outcomes, roles, skin=f"Patient,{','.join(header)}\nA,1,2\nB,,12\n").study
    assert study.outcomes == (Outcome(name, label, -2, 12),)
    assert study.pasi[["week", name]].to_numpy().tolist()[:2] == [[0, 1], [4, 2]]


def test_two_tables_with_the_same_column_ask_once(taken):
    roles = [["Subject", "patient_id"], ["Week", "week"], ["Skin", "score"]]
    files = {"a": "Subject,Week,Skin\nA,0,4\n", "b": "Subject,Week,Skin\nB,0,3\n"}
    intake = taken([["a.csv", "", "Skin", "range", "0-4"]], roles, **files)
    assert len(questions(intake)) == 3
    assert intake.study.pasi["skin"].tolist() == [4, 3]


def test_a_value_outside_the_range_is_set_aside_with_its_cell(taken):
    intake = taken([[*RANGE[:4], "0-4"]])
    assert "lone.csv, row 5, column 'Clinical score': found 5, expected a number from 0 to 4" in as_text(intake.report)
    assert intake.study.pasi["clinical_score"].max() == 4


def test_a_score_beside_pasi_leaves_pasi_as_it_is(taken):
    files = {"skin": "Patient,Week,PASI,Skin\nA,0,20,3\nA,4,10,2\n"}
    study = taken([["skin.csv", "", "Skin", "range", "0-4"]], [["Skin", "score"]], **files).study
    assert study.pasi[["pasi", "skin"]].to_numpy().tolist() == [[20, 3], [10, 2]]


def test_a_mapping_that_names_a_score_which_it_does_not_describe_is_a_sentence(tmp_path):
    (tmp_path / "l.csv").write_text("P,W,F\nA,0,3\n")
    entry = '[[sources]]\nfile = "l.csv"\ntable = "pasi"\ncolumns = { patient_id = "P", week = "W", foo = "F" }\n'
    (tmp_path / "study.toml").write_text(entry)
    assert "an [outcomes.foo] with its label and range" in as_text(take_in([tmp_path]).report)


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("0 to 5", [0, 5]), ("0-5", [0, 5]), ("0–72", [0, 72]), ("[0, 2.5]", [0, 2.5]), ("0 bis 10", [0, 10]),
        ("−3 to 3", [-3, 3]), ("-3--1", [-3, -1]), ("5", "5"), ("low to high", "low to high"), ("1.2.3 to 4", "1.2.3 to 4"),
    ],
)  # fmt: skip
def test_a_range_is_read_as_people_write_it(text, ends):
    assert range_in(text) == ends
