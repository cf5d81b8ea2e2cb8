"""A study without PASI: every number that needs one is missing with its reason, and nothing else is."""

import pandas as pd
import pytest

from analysis.immune.checks import immune_warnings
from analysis.phases import study_clocks
from analysis.report.__main__ import write
from analysis.report.tables import ReportOptions
from analysis.response.response import LANE_SORTS, lane_order
from analysis.response.survival import times
from analysis.response.time_to_event import MEASURES, Followed
from figures_layer.cases import many_without_pasi, no_pasi, only_samples, only_treatments, other_scores

WITHOUT_A_SCORE = (only_samples, only_treatments, no_pasi)
STUDIES = pytest.mark.parametrize("study", [*WITHOUT_A_SCORE, other_scores])


def read_all(folder):
    return {path.stem: pd.read_csv(path, keep_default_na=False) for path in folder.glob("*.csv")}


@pytest.mark.parametrize("study", WITHOUT_A_SCORE)
def test_the_report_is_written_and_says_why_it_holds_no_number(study, tmp_path):
    write(study(), ReportOptions(clock=study_clocks(study())[0]), tmp_path)
    assert "This study has no PASI" in (tmp_path / "README.txt").read_text()
    tables = read_all(tmp_path)
    assert set(tables["patients"]["patient_id"]) == set(study().patient_ids)
    assert (tables["patients"]["reason"] == "no PASI in this study").all()
    assert (tables["relapses"]["state"] == "not evaluable: no PASI in this study").all()
    assert tables["responses"].empty
    assert (tables["correlations"]["estimate"] == "").all()
    assert (tables["pairs"]["kind"] == "sample").all()
    samples = study().immune_subsets.groupby(["patient_id", "week", "subset"], observed=True)
    assert len(tables["pairs"]) == samples.ngroups


@STUDIES
def test_the_patients_of_every_table_have_a_place_in_every_order(study):
    for order in LANE_SORTS:
        assert sorted(lane_order(study(), order)) == sorted(study().patient_ids)


@pytest.mark.parametrize("study", WITHOUT_A_SCORE)
@pytest.mark.parametrize("measure", MEASURES)
def test_only_what_is_told_without_pasi_is_not_for_want_of_it(study, measure):
    reasons = times(study(), measure, Followed())["reason"]
    assert reasons.str.contains("PASI").any() == (MEASURES[measure].of_outcome and len(reasons) > 0)


def test_the_report_of_another_score_is_of_that_score(tmp_path):
    write(other_scores(), ReportOptions(), tmp_path)
    tables = read_all(tmp_path)
    assert not [name for name, table in tables.items() if "PASI" in table.to_csv()]
    assert "PASI" not in (tmp_path / "README.txt").read_text()
    improved = tables["patients"].query("patient_id == 'P1' and phase == 'all'").iloc[0]
    assert (improved["nadir"], improved["state_now"], improved["response_rule"]) == (6, "DLQI50", "at_most_1")
    assert (tables["correlations"]["score"] == "dlqi").all()
    assert times(other_scores(), "response", Followed())["weeks"].tolist()[0] == 4


def test_a_sample_without_a_visit_is_nothing_to_look_at_where_nobody_has_one():
    assert immune_warnings(no_pasi()).empty
    assert immune_warnings(many_without_pasi()).empty
