"""CDISC records whose first name is blank, and that another column names."""

import pytest

from data.files import take_in

PEOPLE = "USUBJID,RFSTDTC,ARM\nB-1,2022-05-02,MSC\nB-2,2022-05-09,MSC\n"


@pytest.fixture
def taken(tmp_path):
    def take(**files):
        for name, text in {"dm": PEOPLE, **files}.items():
            (tmp_path / f"{name}.csv").write_text(text)
        return take_in([tmp_path / f"{name}.csv" for name in ["dm", *files]])

    return take


@pytest.mark.parametrize(
    ("terms", "names", "note"),
    [
        ([("cold", "Cold"), ("itchy", "")], ["Cold", "itchy"], "AEDECOD is blank in 1 row(s)"),
        ([("cold", ""), ("itchy", "")], ["cold", "itchy"], "AEDECOD is blank in 2 row(s)"),
        ([("cold", "Cold"), ("itchy", "Itching")], ["Cold", "Itching"], ""),
        ([("cold", "Cold"), ("", "")], ["Cold"], ""),
    ],
)
def test_an_event_is_called_by_what_is_there(taken, terms, names, note):
    rows = [f"B-{at},{term},{coded},{at + 1}\n" for at, (term, coded) in enumerate(terms, start=1)]
    result = taken(ae="USUBJID,AETERM,AEDECOD,AESTDY\n" + "".join(rows))
    assert result.study.events["event"].tolist() == names
    said = [one for one in result.report.notes if "is blank in" in one]
    assert [note in one for one in said] == [True] * bool(note)


def test_days_and_dates_are_read_under_both_names(taken):
    rows = "B-1,cold,Cold,3,\nB-1,itchy,,,2022-05-16\nB-2,rash,,8,\nB-2,flu,Flu,,2022-05-23\n"
    study = taken(ae=f"USUBJID,AETERM,AEDECOD,AESTDY,AESTDTC\n{rows}").study
    assert sorted(study.events["event"].tolist()) == ["Cold", "Flu", "itchy", "rash"]


def test_a_drug_is_called_by_its_code_where_it_has_no_name(taken):
    rows = "B-1,HUMIRA,ADALIMUMAB,2021-03-01\nB-2,,ETANERCEPT,2021-04-05\n"
    result = taken(cm=f"USUBJID,CMTRT,CMDECOD,CMSTDTC\n{rows}")
    assert sorted(result.study.treatments["treatment"]) == ["ETANERCEPT", "HUMIRA"]
    assert any("CMTRT is blank in 1 row(s)" in note for note in result.report.notes)


def test_a_dose_without_a_drug_is_set_aside(taken):
    result = taken(ex="USUBJID,EXTRT,EXSTDTC\nB-1,UC-MSC,2022-05-02\nB-2,,2022-05-09\n")
    assert len(result.study.treatments) == 1
    assert any(one.reason == "no treatment in this row" for account in result.report.accounts for one in account.aside)
