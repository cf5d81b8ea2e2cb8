"""CDISC records of what did not happen: set aside and told, in every domain."""

import pytest

from data.files import proposed, take_in

PEOPLE = "USUBJID,RFSTDTC,ARM\nA-1,2022-05-02,MSC\nA-2,2022-05-09,MSC\n"
PASI = "patient_id,week,pasi\nA-1,0,21\nA-1,6,9\nA-2,0,17\nA-2,6,4\n"


@pytest.fixture
def taken(tmp_path):
    def take(**files):
        for name, text in ({"dm": PEOPLE, "pasi": PASI} | files).items():
            (tmp_path / f"{name}.csv").write_text(text)
        return take_in([tmp_path / f"{name}.csv" for name in ["dm", "pasi", *files]])

    return take


def reasons(result, table):
    return {
        one.reason: one.rows for account in result.report.accounts if account.table == table for one in account.aside
    }


def test_a_test_that_was_not_done_is_no_subset(taken):
    head = "USUBJID,LBTESTCD,LBTEST,LBSTRESN,LBSTRESU,LBSTAT,LBDTC\n"
    rows = "A-1,CD4,CD4 T,40,%,,2022-05-02\nA-1,LBALL,All of them,,,NOT DONE,2022-06-13\nA-2,CD8,CD8 T,,,Not Done,2022-05-09\n"
    result = taken(lb=head + rows)
    assert result.study.subset_definitions["subset"].tolist() == ["CD4 T"]
    assert reasons(result, "immune_subsets") == {"not done (LBSTAT)": (3, 4)}


@pytest.mark.parametrize("domain", ["QS", "RS"])
def test_a_score_that_was_never_done_is_none(taken, domain):
    head = f"USUBJID,{domain}TESTCD,{domain}TEST,{domain}STRESN,{domain}STAT,{domain}DTC\n"
    rows = "A-1,DLQI,DLQI Total,12,,2022-05-02\nA-1,DLQI,DLQI Total,,NOT DONE,2022-06-13\nA-2,IGA,IGA,,NOT DONE,2022-05-09\n"
    result = taken(**{domain.lower(): head + rows})
    assert result.study.pasi["dlqi"].dropna().tolist() == [12]
    assert "iga" not in result.study.pasi
    assert reasons(result, "pasi") == {f"not done ({domain}STAT)": (3,)}


def test_what_did_not_occur_is_neither_drawn_nor_an_event(taken):
    drugs = "USUBJID,CMTRT,CMOCCUR,CMSTDTC,CMENDTC\nA-1,METHOTREXATE,Y,2021-01-04,2021-09-06\nA-2,ETANERCEPT,N,2022-07-04,\n"
    events = "USUBJID,AETERM,AEOCCUR,AESTDTC\nA-1,Fever,N,2022-05-03\nA-2,Fever,Y,2022-05-10\n"
    result = taken(cm=drugs, ae=events)
    assert result.study.treatments["treatment"].tolist() == ["METHOTREXATE"]
    assert result.study.events["patient_id"].tolist() == ["A-2"]
    assert reasons(result, "treatments") == {"it did not happen (CMOCCUR = N)": (3,)}
    assert reasons(result, "events") == {"it did not happen (AEOCCUR = N)": (2,)}


def test_a_planned_dose_that_was_not_given_is_no_treatment_and_no_week_0(taken):
    head = "USUBJID,EXTRT,EXOCCUR,EXDOSE,EXSTDTC,EXENDTC\n"
    result = taken(ex=f"{head}A-1,UC-MSC,N,,2022-05-02,2022-05-02\nA-1,UC-MSC,Y,2,2022-05-16,2022-05-16\n")
    assert result.study.treatments[["patient_id", "start_week"]].to_numpy().tolist() == [["A-1", 2.0]]
    assert result.study.events[["patient_id", "week", "event"]].to_numpy().tolist() == [
        ["A-1", 0, "UC-MSC: missed dose"]
    ]


def test_where_nothing_happened_all_rows_are_told(taken):
    result = taken(ex="USUBJID,EXTRT,EXOCCUR,EXSTDTC\nA-1,UC-MSC,N,2022-05-02\nA-2,UC-MSC,N,2022-05-09\n")
    assert result.study.treatments.empty
    assert result.study.events["event"].tolist() == ["UC-MSC: missed dose"] * 2
    assert result.study.pasi["week"].tolist() == [0, 6] * 2


def test_the_column_that_says_so_is_shown_as_one_that_chooses_rows(taken, tmp_path):
    taken(cm="USUBJID,CMTRT,CMOCCUR,CMSTDTC\nA-1,METHOTREXATE,Y,2021-01-04\n")
    roles = {one["column"]: one["role"] for one in proposed([tmp_path / "cm.csv"]).columns}
    assert roles["CMOCCUR"] == "row choice"
