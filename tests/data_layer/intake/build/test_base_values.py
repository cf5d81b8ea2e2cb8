"""The baseline that every row of an analysis data set repeats stands in for one that no row is of."""

import pytest

from data.files import take_in
from data.row_report import as_text

HEAD = "USUBJID,AVISIT,PARAMCD,PARAM,AVAL,BASE"


@pytest.fixture
def read(tmp_path):
    def write(*rows, head=HEAD, **others):
        for name, text in (others | {"adpasi": "\n".join([head, *rows])}).items():
            (tmp_path / f"{name}.csv").write_text(text)
        return take_in(sorted(tmp_path.iterdir()))

    return write


def visits(taken, score="pasi"):
    known = taken.study.pasi.dropna(subset=[score])
    return sorted(zip(known["patient_id"], known["week"], known[score], strict=True))


@pytest.mark.parametrize(
    ("rows", "head", "expected", "told"),
    [
        (
            ("A,Week 4,PASI,PASI Total,9,18", "A,Week 8,PASI,PASI Total,4,18"),
            HEAD, [("A", 0, 18), ("A", 4, 9), ("A", 8, 4)], True,
        ),
        (("A,29,PASI,PASI Total,9,18",), HEAD.replace("AVISIT", "ADY"), [("A", 0, 18), ("A", 4, 9)], True),
        (
            ("A,Baseline,PASI,PASI Total,,18", "A,Week 4,PASI,PASI Total,9,18"),
            HEAD, [("A", 0, 18), ("A", 4, 9)], True,
        ),
        (
            ("A,Week 4,PASI,PASI Total,9,18", "B,Baseline,PASI,PASI Total,14,14", "B,Week 4,PASI,PASI Total,7,14"),
            HEAD, [("A", 0, 18), ("A", 4, 9), ("B", 0, 14), ("B", 4, 7)], True,
        ),
        (("A,Baseline,PASI,PASI Total,18,18", "A,Week 4,PASI,PASI Total,9,18"), HEAD, [("A", 0, 18), ("A", 4, 9)], False),
        (("A,Week 4,PASI,PASI Total,9,",), HEAD, [("A", 4, 9)], False),
    ],
)  # fmt: skip
def test_base_is_the_baseline_where_no_row_is(read, rows, head, expected, told):
    taken = read(*rows, head=head)
    assert visits(taken) == expected
    noted = [note for note in taken.study.notes if "no PASI up to week 0" in note]
    assert len(noted) == told
    assert all("'A'" in note and "BASE" in note and "'B'" not in note for note in noted)


def test_every_score_has_its_own_baseline(read):
    taken = read("A,Week 4,PASI,PASI Total,9,18", "A,Week 4,DLQI,DLQI Total,5,12", "A,Baseline,DLQI,DLQI Total,12,12")
    assert visits(taken) == [("A", 0, 18), ("A", 4, 9)]
    assert visits(taken, "dlqi") == [("A", 0, 12), ("A", 4, 5)]


def test_a_baseline_that_another_file_has_is_not_told_twice(read):
    taken = read("A,Week 4,PASI,PASI Total,9,18", pasi="patient_id,week,pasi\nA,0,18\n")
    assert visits(taken) == [("A", 0, 18), ("A", 4, 9)]
    assert not any("up to week 0" in note for note in taken.study.notes)


def test_several_baselines_of_one_patient_are_none(read):
    taken = read("A,Week 4,PASI,PASI Total,9,18", "A,Week 8,PASI,PASI Total,4,17")
    assert visits(taken) == [("A", 4, 9), ("A", 8, 4)]
    assert any("several baselines of a patient: 'A'" in one.found for one in taken.report.warnings)


def test_a_row_that_contradicts_its_base_is_told(read):
    taken = read("A,Baseline,PASI,PASI Total,16,18", "A,Week 4,PASI,PASI Total,9,18")
    assert visits(taken) == [("A", 0, 16), ("A", 4, 9)]
    (told,) = [str(one) for one in taken.report.warnings]
    assert "row 2, column 'BASE': found 18 for patient 'A', whose last PASI up to week 0 is 16" in told


def test_a_base_that_no_pasi_can_be_is_a_problem_of_its_column(read):
    taken = read("A,Week 4,PASI,PASI Total,9,81")
    assert taken.study is None
    assert "row 2, column 'BASE': found 81" in str(taken.report.problems[0])


def test_rows_are_counted_as_they_stand_in_the_file(read):
    text = as_text(read("A,Week 4,PASI,PASI Total,9,18", "A,Week 8,PASI,PASI Total,4,18").report)
    assert "adpasi.csv → pasi: 2 of 2 rows kept." in text
