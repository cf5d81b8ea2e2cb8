"""One sample in two files, or twice in one."""

import pytest

from data.files import take_in

HEAD = ",Live/NK | Freq. of Parent (%),Live/B | Freq. of Parent (%)\n"
FIRST = "Q01_W0.fcs,11.5,7\nQ01_W6.fcs,12.5,8\nQ02_W0.fcs,10,9\n"


@pytest.fixture
def taken(tmp_path):
    def take(**files):
        for name, text in files.items():
            (tmp_path / f"{name}.csv").write_text(text)
        return take_in([tmp_path / f"{name}.csv" for name in files])

    return take


def notes(result):
    return [one for one in result.report.notes if "count once" in one]


def test_a_tube_of_two_files_counts_once(taken):
    result = taken(one=HEAD + FIRST, two=HEAD + "Q01_W0.fcs,11.50,7.0\nQ02_W6.fcs,14,6\n")
    assert len(result.study.immune_subsets) == 8
    assert notes(result)[0].startswith("one.csv and two.csv: 1 row(s)")
    account = next(one for one in result.report.accounts if one.file == "two.csv")
    assert (account.rows, account.kept) == (2, 1)
    assert [(one.rows, one.reason) for one in account.aside] == [((2,), "the same sample as another row")]


def test_a_tube_that_is_twice_in_one_file_counts_once(taken):
    result = taken(one=HEAD + FIRST + "Q01_W6.fcs,12.5,8\n")
    assert len(result.study.immune_subsets) == 6
    assert len(notes(result)) == 1


def test_a_second_panel_adds_its_gates_to_the_tube(taken):
    more = ",Live/NK | Freq. of Parent (%),Live/Mono | Freq. of Parent (%)\nQ01_W0.fcs,11.5,3\nQ02_W0.fcs,10,4\n"
    result = taken(one=HEAD + FIRST, two=more)
    assert len(result.study.immune_subsets) == 8
    account = next(one for one in result.report.accounts if one.file == "two.csv")
    assert (account.kept, account.aside) == (2, ())


def test_a_tube_that_differs_stays_a_problem(taken):
    result = taken(one=HEAD + FIRST, two=HEAD + "Q01_W0.fcs,11.5,7.5\nQ02_W6.fcs,14,6\n")
    assert result.study is None
    assert len(result.report.problems) == 1
    assert "'Live/B' again" in result.report.problems[0].found


def test_rows_of_a_long_table_too(taken):
    rows = "P1,0,Treg,5\nP1,6,Treg,4\nP1,6,Treg,4.0\n"
    result = taken(long=f"Patient,Week,Population,Value\n{rows}")
    assert result.study.immune_subsets["value"].tolist() == [5, 4]
