"""Which test of a trial's data is a score, when it was, and what is done with results that are none."""

import pandas as pd
import pytest

from data.files import take_in
from data.intake.columns.scores import SCORE_WORDS
from data.intake.layouts.cdisc.scores import Measure, scores_among
from data.row_report import as_text


@pytest.fixture
def read(tmp_path):
    """What comes of some tables, by the name of their file."""

    def write(**texts):
        for name, text in texts.items():
            (tmp_path / f"{name}.csv").write_text(text)
        return take_in(sorted(tmp_path.iterdir()))

    return write


def rows(frame, *names):
    known = frame.dropna(subset=[names[-1]])
    return known[["week", *names]].to_numpy().tolist()


@pytest.mark.parametrize(
    ("tests", "chosen"),
    [
        ({"PASI1": "PASI - Head", "PASI2": "PASI - Trunk", "PASI5": "PASI - Total"}, {"pasi": ["PASI5"]}),
        ({"PASILOCF": "PASI Total Score (LOCF)", "PASITOT": "PASI Total Score"}, {"pasi": ["PASITOT"]}),
        ({"TTPASI": "Time to first PASI response (days)", "BPASI": "Baseline PASI"}, {}),
        ({"PASITS": "Psoriasis Area and Severity Index Total"}, {"pasi": ["PASITS"]}),
        ({"PASITOT": ""}, {"pasi": ["PASITOT"]}),
        ({"BSA": "Body Surface Area (m2)"}, {}),
        ({"BSA": "Body Surface Area Affected (%)"}, {"bsa": ["BSA"]}),
        ({"IGARESP": "IGA 0/1 Response", "IGA": "IGA Score"}, {"iga": ["IGA"]}),
        (
            {"PGAF": "Physician Global Assessment of Fingernail Psoriasis", "SPGA": "Static PGA Score"},
            {"pga": ["SPGA"]},
        ),
        ({"DLQI0101": "DLQI1-How Itchy, Sore, Painful", "DLQI0111": "DLQI1-Score"}, {"dlqi": ["DLQI0111"]}),
        ({"NAPSI": "Nail Psoriasis Severity Index"}, {"napsi": ["NAPSI"]}),
        ({"WINRS": "Worst Itch Numeric Rating Scale"}, {"itch_nrs": ["WINRS"]}),
        ({"PASI": "PASI", "PASITOT": "PASI"}, {"pasi": ["PASI", "PASITOT"]}),
    ],
)
def test_the_total_as_observed_is_the_score(tests, chosen):
    found = scores_among([Measure(code, words) for code, words in tests.items()])
    assert {score: [test.code for test in likely] for score, likely in found.items()} == chosen


def test_the_category_says_whose_total_it_is():
    found = scores_among(
        [Measure("X101", "Head: Erythema", "PASI FELDMAN"), Measure("X125", "Total Score", "PASI FELDMAN")]
    )
    assert [test.code for test in found["pasi"]] == ["X125"]


def test_a_score_without_a_name_in_full_is_known_by_its_short_one(monkeypatch):
    monkeypatch.setitem(SCORE_WORDS, "pssi", "pssi")
    assert scores_among([Measure("PSSITOT", "PSSI total score"), Measure("X", "Other")]).keys() == {"pssi"}


def test_two_tests_that_fit_are_asked(read):
    taken = read(adeff="USUBJID,PARAMCD,PARAM,AVAL,ADY\nA,PASI,PASI,20,1\nA,PASITOT,PASI,19,1\n")
    assert any("pasi is read from PASI (PASI); 'PASITOT' would fit as well" in one for one in taken.proposal.unclear)


def test_tests_that_are_not_used_are_named(read):
    taken = read(adeff="USUBJID,PARAMCD,PARAM,AVAL,ADY\nA,PASI,PASI,20,1\nA,HAQ,HAQ-DI,1,1\nA,HAQ,HAQ-DI,2,8\n")
    assert "rows of other kinds are not read: PARAMCD 'HAQ' (2)" in as_text(taken.report)


def test_a_surface_of_the_whole_body_is_no_bsa(read):
    taken = read(advs="USUBJID,PARAMCD,PARAM,AVAL,ADY\nA,PASI,PASI,20,1\nA,BSA,Body Surface Area,1.9,1\n")
    assert "bsa" not in taken.study.pasi
    assert any("BSA is at most 3" in one for one in taken.proposal.unclear)


@pytest.mark.parametrize(
    ("header", "cells", "weeks"),
    [
        ("ADY,AVISIT", (",Baseline", ",Week 4"), [0, 4]),
        ("AVISITN", ("0", "4"), [0, 4]),
        ("AVISITN", ("2", "3"), None),
    ],
)
def test_time_is_told_by_what_is_filled(read, header, cells, weeks):
    lines = [f"A,PASI,{value},{cell}" for value, cell in zip((20, 10), cells, strict=True)]
    taken = read(adpasi="\n".join([f"USUBJID,PARAMCD,AVAL,{header}", *lines]))
    assert (taken.study.pasi["week"].tolist() if taken.study else None) == weeks
    if "AVISITN" in header:
        assert any("AVISITN" in sentence for sentence in taken.proposal.unclear)


def test_a_date_stands_in_for_a_blank_day(read):
    taken = read(
        dm="USUBJID,RFSTDTC\nA,2021-01-04\n",
        qs="USUBJID,QSTESTCD,QSSTRESN,QSDY\nA,PASI,20,1\n",
        ae="USUBJID,AETERM,AESTDTC,AESTDY\nA,Headache,2021-01-18,\nA,Rash,2021-01-25,22\n",
    )
    assert sorted(rows(taken.study.events, "event")) == [[2, "Headache"], [3, "Rash"]]


def test_records_for_analysis_go_before_repeats(read):
    text = "USUBJID,PARAMCD,AVAL,ADY,ANL01FL\nA,PASI,20,1,Y\nA,PASI,10.4,29,\nA,PASI,10,29,Y\n"
    assert rows(read(adpasi=text).study.pasi, "pasi") == [[0, 20], [4, 10]]


def test_dates_count_from_the_start_of_treatment(read):
    taken = read(
        adsl="USUBJID,TRT01P,TRTSDT\nA,MSC,2021-01-04\n",
        adpasi="USUBJID,PARAMCD,AVAL,ADT\nA,PASI,21,2020-12-21\nA,PASI,20,2021-01-04\n",
    )
    assert rows(taken.study.pasi, "pasi") == [[-2, 21], [0, 20]]
    assert taken.study.patients["group"].tolist() == ["MSC"]


PASI = "USUBJID,PARAMCD,AVAL,ADY\nA,PASI,20,1\nA,PASI,10,29\n"


def test_one_test_of_two_specimens_is_two_subsets(read):
    lab = "USUBJID,LBTESTCD,LBTEST,LBSPEC,LBSTRESN,LBDY\nA,G,Glucose,BLOOD,5,1\nA,G,Glucose,URINE,0.3,1\nA,G,Glucose,BLOOD,6,29\n"
    immune = read(adpasi=PASI, lb=lab).study.immune_subsets
    assert sorted(rows(immune.astype({"subset": str}), "subset", "value")) == [
        [0, "Glucose", 5],
        [0, "Glucose (urine)", 0.3],
        [4, "Glucose", 6],
    ]


def test_results_that_are_no_numbers_are_set_aside(read):
    lab = "USUBJID,LBTESTCD,LBSTRESC,LBSTRESN,LBDY\nA,T,<0.2,,1\nA,T,>50,,29\nA,T,4,4,57\nA,U,NEGATIVE,,1\n"
    taken = read(adpasi=PASI, lb=lab)
    assert taken.study.immune_subsets["value"].dropna().tolist() == [4]
    assert taken.study.immune_subsets["below_limit"].dropna().tolist() == [0.2]
    assert "set aside: a result that is no number ('>50', 'NEGATIVE'): rows 3, 5" in as_text(taken.report)


def test_one_subset_in_two_units_is_two(read):
    lab = "Patient,Week,Marker,Value,Unit\nA,0,Treg,5.1,%\nA,4,Treg,48,cells/uL\nA,0,CD4,45,%\n"
    taken = read(adpasi=PASI, lab=lab)
    units = taken.study.subset_definitions.set_index("subset")["unit"].to_dict()
    assert units == {"Treg (%)": "%", "Treg (cells/uL)": "cells/uL", "CD4": "%"}
    assert any("'Treg' is measured in several units" in note for note in taken.study.notes)
    assert not any("its parent" in str(warning) for warning in taken.report.warnings)


def test_a_visit_that_two_rows_tell_differently_is_set_aside(read):
    taken = read(visits="Patient,Visit week,PASI total\nA,0,20\nA,0,19.6\nA,4,10\nB,0,15\nB,4,9\n")
    assert sorted(rows(taken.study.pasi, "pasi")) == [[0, 15], [4, 9], [4, 10]]
    text = as_text(taken.report)
    assert "visits.csv → pasi: 3 of 5 rows kept." in text
    assert "found rows 2, 3 for patient 'A' in week 0, which differ" in text


def test_visits_that_are_mostly_told_twice_are_refused(read):
    taken = read(visits="Patient,Visit week,PASI total\nA,0,20\nA,0,19.6\nB,0,15\nB,0,9\n")
    assert taken.study is None
    assert pd.Series([str(one) for one in taken.report.problems]).str.contains("again").any()
