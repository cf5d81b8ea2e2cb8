"""Columns of numbers beside known subsets are taken as subsets, and asked; what else stands there is not."""

import pytest

from data.files import take_in
from data.intake.review.edits import edits_of
from data.intake.review.open_questions import open_questions
from data_layer.clinic_files import REDCAP, save_book

ROWS = "A,0,20,{0},61,42,23\nA,4,10,{1},58,44,22\nB,0,18,{2},64,39,25\nB,4,7,{3},60,41,24\n"
VARIED = ("6.1", "5.8", "7.0", "6.6")


def visits(head, values=VARIED):
    return f"{head}\n{ROWS.format(*values)}"


@pytest.fixture
def read(tmp_path):
    def write(text, edits=None):
        (tmp_path / "visits.csv").write_text(text, encoding="utf-8")
        return take_in([tmp_path / "visits.csv"], edits=edits_of(edits) if edits else None)

    return write


def subsets(taken):
    return sorted(taken.study.immune_subsets["subset"].unique())


def asked(taken):
    return [question["column"] for question in open_questions(taken.proposal) if question["kind"] == "roles"]


@pytest.mark.parametrize(
    ("head", "unknown"),
    [
        ("Subject,Week,PASI,Mono,Gr,CD4,CD8", ["Mono", "Gr"]),
        ("Subject,Week,PASI,CD4,CD8,B,Gr", ["B", "Gr"]),
        ("Patient;Woche;PASI;CD4;Granulozyten;CD8;B".replace(";", ","), ["Granulozyten", "B"]),
        ("Subject,Week,PASI,B,NK,CD4,CD8", ["B"]),
        ("Subject,Week,PASI,Pop 1 %,Pop 2 %,CD4 %,CD8 %", ["Pop 1 %", "Pop 2 %"]),
        ("Subject,Week,PASI,CD4 %,CD8 %,CD19 %,Doublets %", ["Doublets %"]),
        ("Subject,Week,PASI,CD4 %,CD8 %,P5 percent,P6 percentage", ["P5 percent", "P6 percentage"]),
    ],
)
def test_unknown_neighbours_of_subsets_are_taken_as_subsets_and_asked(read, head, unknown):
    taken = read(visits(head))
    assert subsets(taken) == sorted(head.split(",")[3:])
    assert asked(taken) == unknown
    assert len(taken.study.immune_subsets) == 16


@pytest.mark.parametrize(
    ("head", "values"),
    [
        ("Subject,Week,PASI,CRP,CD4,CD8,CD19", VARIED),
        ("Subject,Week,PASI,Joint score,CD4,CD8,CD19", VARIED),
        ("Subject,Week,PASI,Plate,CD4,CD8,CD19", ("1", "2", "1", "2")),
        ("Subject,Week,PASI,Gr,CD4,CD8,CD19", ("-0.4", "0.2", "1", "-2")),
        ("Subject,Week,PASI,Gr,CD4,CD8,CD19", ("1200", "300", "5000", "900")),
        ("Subject,Week,PASI,Riss,CD4,CD8,CD19", ("6", "6", "7", "7")),
        ("Subject,Week,PASI,Mono,Gr,CD4,B", VARIED),
    ],
    ids=["a test", "a score", "a plate", "below 0", "above all known", "the same in each patient", "one known alone"],
)
def test_what_may_be_something_else_is_no_subset(read, head, values):
    taken = read(visits(head, values))
    assert subsets(taken) == sorted(one for one in head.split(",")[3:] if one.startswith("CD"))
    assert not asked(taken)


def test_saying_what_one_column_is_changes_no_other(read):
    text = "Subject,Week,PASI,Mono,B,CD4,CD8\n" + ROWS.format(*VARIED)
    taken = read(text, {"roles": [["visits.csv", "", "B", ""]]})
    assert subsets(taken) == ["CD4", "CD8", "Mono"]
    assert asked(taken) == ["Mono"]


def test_in_workbooks_and_redcap_too(tmp_path):
    book = tmp_path / "visits.xlsx"
    rows = [line.split(",") for line in visits("Subject,Week,PASI,Mono,Gr,CD4,CD8").split()]
    save_book(book, {"Visits": [rows[0], *([row[0], *map(float, row[1:])] for row in rows[1:])]})
    assert subsets(take_in([book])) == ["CD4", "CD8", "Gr", "Mono"]
    flow = tmp_path / "redcap.csv"
    head, *lines = REDCAP.split()
    filled = [
        f"{line},,," if ",medication," in line else f"{line},4{at}.1,5{at}.2,2{at}.3" for at, line in enumerate(lines)
    ]
    flow.write_text("\n".join([f"{head},CD4,Gr,CD8", *filled]))
    assert {"CD4", "Gr", "CD8"} <= set(subsets(take_in([flow])))
