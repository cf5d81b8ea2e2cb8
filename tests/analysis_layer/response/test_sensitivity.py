import pandas as pd
import pytest

from analysis.response.imputation import IMPUTATIONS
from analysis.response.rules import RELAPSES, RESPONSES
from analysis.response.sensitivity import COLUMNS, sensitivity
from studies import make_study, random_study


def test_one_row_per_rule_and_imputation_then_one_per_relapse_rule(case_series):
    table = sensitivity(case_series)
    assert tuple(table.columns) == COLUMNS
    responses = [(rule, imputation) for rule in RESPONSES for imputation in IMPUTATIONS]
    expected = [*responses, *((rule, "") for rule in RELAPSES)]
    assert list(table[["rule", "imputation"]].itertuples(index=False, name=None)) == expected
    assert table["patients"].eq(3).all()


def test_the_case_series_relapsed_under_some_rules_only(case_series):
    table = sensitivity(case_series, phase="after").set_index(["kind", "rule"])
    relapse = table.loc["relapse"]
    told = {
        "NPF": 3, "EMA": 3, "loss_of_PASI50": 3, "loss_of_PASI90": 0, "absolute_3": 1, "rise_5": 3,
        "treatment_restarted": 3,
    }  # fmt: skip
    assert relapse["positive"].loc[list(told)].to_dict() == told
    assert relapse.loc["loss_of_PASI90", "evaluable"] == 0
    assert relapse.loc["NPF", "median_weeks"] == 6


def test_the_numbers_by_eye():
    study = make_study({"P1": {0: 20, 4: 5, 8: 2}, "P2": {0: 20, 4: 8, 8: 15}, "P3": {0: 20, 4: 20, 8: 20}})
    table = sensitivity(study, ["P1", "P2"]).set_index(["rule", "imputation"])
    row = table.loc["PASI50", "OC"]
    assert row[["week", "evaluable", "positive", "percent", "median_weeks"]].tolist() == [8, 2, 1, 50, 4]
    assert table.loc["PASI75", "OC"]["median_weeks"] == 4
    assert table.loc["NPF", ""][["evaluable", "positive", "median_weeks"]].tolist() == [2, 1, 4]


def test_a_median_counts_those_who_did_not_respond_and_a_rate_is_of_a_week_that_most_were_seen_in():
    """Three of ten respond at week 4 and leave; seven are followed to week 52 without a response."""
    early = {f"P{n}": {0: 20, 4: 2} for n in range(3)}
    study = make_study(early | {f"P{n}": {0: 20, 4: 20, 52: 20} for n in range(3, 10)})
    row = sensitivity(study).set_index(["rule", "imputation"]).loc["PASI75", "OC"]
    assert row[["week", "positive", "evaluable"]].tolist() == [4, 3, 10]
    assert pd.isna(row["median_weeks"])


@pytest.mark.parametrize("patients", [[], ["P1"]])
@pytest.mark.parametrize("phase", ["before", "after", "restart", "all"])
def test_few_patients_are_a_normal_state(patients, phase):
    table = sensitivity(random_study(5), patients, phase)
    assert table["patients"].eq(len(patients)).all()
    assert (table["kind"] == "relapse").sum() == len(RELAPSES)
