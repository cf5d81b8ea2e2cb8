"""An id that may be another's, with a number behind it, is asked; two entries of a REDCap record are a warning."""

import pytest

from data.files import take_in
from data.intake.review.edits import edits_of
from data.validation.repeated_ids import repeats_in


@pytest.fixture
def paths(tmp_path):
    def write(*ids):
        rows = [f"{one},{4 * at},{20 - at},{5 + at}" for at, one in enumerate(ids)]
        (tmp_path / "table.csv").write_text("\n".join(["Subject,Week,PASI,Treg %", *rows]) + "\n")
        return [tmp_path / "table.csv"]

    return write


@pytest.mark.parametrize(
    ("ids", "repeats"),
    [
        (["K1", "K1.2", "K2"], {"K1.2": "K1"}), (["K1", "K1_2", "K1-3"], {"K1_2": "K1", "K1-3": "K1"}),
        (["K1", "K1 v2"], {"K1 v2": "K1"}), (["K1", "K1_rep2"], {"K1_rep2": "K1"}),
        (["K1.1", "K1.2"], {}), (["01-1", "01-2", "02-1"], {}), (["K1", "K12"], {}),
    ],
)  # fmt: skip
def test_which_may_be_a_repeat(ids, repeats):
    assert repeats_in(ids) == repeats


def test_it_is_asked_and_an_answer_joins_them(paths):
    files = paths("K1", "K1.2", "K2", "K2.2")
    first = take_in(files)
    assert len(first.study.patients) == 4
    asked = {one.key[0]: one for one in first.proposal.questions if one.kind == "patients"}
    assert list(asked) == ["K1.2", "K2.2"]
    assert all(one.unclear and "K1" in one.choices for one in asked.values())
    assert asked["K2.2"].why == "K2 with the number of a visit or sample behind"
    (warning,) = first.report.warnings
    assert "'K1', 'K1.2' and 1 more such" in warning.found
    second = take_in(files, edits=edits_of({"patients": [["K1.2", "K1"], ["K2.2", ""]]}))
    assert set(second.study.patients["patient_id"]) == {"K1", "K2", "K2.2"}
    assert second.study.pasi.query("patient_id == 'K1'")["week"].tolist() == [0, 4]


@pytest.mark.parametrize("ids", [("7--1", "7--2", "8--1"), ("7--1", "7--2", "8--1", "8--2")])
def test_two_entries_of_a_record_are_a_warning(paths, ids):
    (warning,) = take_in(paths(*ids)).report.warnings
    assert "'7--1', '7--2'" in warning.found
    assert "REDCap" in warning.advice


def test_ids_of_sites_are_none(paths):
    assert take_in(paths("01-1", "01-2", "02-1", "K--x")).report.warnings == []
