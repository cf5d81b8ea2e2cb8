"""A blank score is a missing one, whatever else its row holds."""

import pytest

from data.files import take_in


@pytest.mark.parametrize(
    ("header", "further"),
    [
        ("", ""),
        (",Sex", ",f"),
        (",Age", ",40"),
        (",Treg %", ",5.5"),
        (",Sex,Treg %,CD4 %", ",f,5.5,40"),
        (",DLQI", ","),
    ],
)
def test_a_blank_pasi_counts_whatever_stands_beside_it(tmp_path, header, further):
    rows = [("A", "2022-05-02", "21"), ("A", "2022-06-13", ""), ("B", "2022-05-09", "17"), ("B", "2022-06-20", "4")]
    lines = [",".join(row) + further for row in rows]
    (tmp_path / "visits.csv").write_text("\n".join([f"Patient,Visit date,PASI{header}", *lines]) + "\n")
    result = take_in([tmp_path / "visits.csv"])
    assert result.study.pasi["pasi"].isna().sum() == 1
    assert len(result.study.pasi) == 4
    assert next(one.kept for one in result.report.accounts if one.table == "pasi") == 4


def test_a_blank_analysis_value_counts_where_the_data_set_has_groups_too(tmp_path):
    rows = "A,MSC,PASI,21,1\nA,MSC,PASI,,43\nB,MSC,PASI,17,1\n"
    (tmp_path / "adpasi.csv").write_text(f"USUBJID,TRT01A,PARAMCD,AVAL,ADY\n{rows}")
    assert take_in([tmp_path / "adpasi.csv"]).study.pasi["pasi"].isna().sum() == 1


def test_a_row_of_an_event_without_a_score_is_no_visit(tmp_path):
    rows = "A,2022-05-02,21,\nA,2022-05-20,,Fever\nA,2022-06-13,9,\n"
    (tmp_path / "visits.csv").write_text(f"Patient,Visit date,PASI,Adverse event\n{rows}")
    study = take_in([tmp_path / "visits.csv"]).study
    assert study.pasi["pasi"].tolist() == [21, 9]
