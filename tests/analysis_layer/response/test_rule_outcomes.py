"""What each rule says of each patient agrees with the derivations that say it of all."""

import numpy as np
import pytest

from analysis.response.rates import Choices, rates, responded
from analysis.response.relapse import relapses
from analysis.response.rule_outcomes import VERDICTS, verdicts
from analysis.response.rules import RELAPSES, RESPONSES
from analysis.response.sensitivity import sensitivity
from data.catalog import open_study
from studies import make_study, random_study


def test_the_verdicts_of_a_made_patient_can_be_read_off():
    study = make_study({"P1": {0: 20, 4: 5, 8: 11, 12: 13}, "P2": {4: 5, 8: 6}, "P3": {0: 20, 4: 15}})
    table = verdicts(study, rules=["PASI75"]).set_index(["rule", "patient_id"])
    first = table.loc[("PASI75", "P1")]
    assert (first["verdict"], first["week"], first["weeks"], first["pasi"], first["threshold"]) == (
        "responded",
        4,
        4,
        5,
        5,
    )
    lost = table.loc[("NPF", "P1")]
    assert (lost["verdict"], lost["week"], lost["pasi"], lost["threshold"], lost["nadir"]) == (
        "relapsed",
        12,
        13,
        12.5,
        5,
    )
    assert table.loc[("PASI75", "P2")]["verdict"] == "not_evaluable"
    assert table.loc[("PASI75", "P2")]["reason"].startswith("no baseline")
    assert [table.loc[(rule, "P3")]["verdict"] for rule in ("PASI75", "NPF")] == ["no_response", "not_at_risk"]


@pytest.mark.parametrize("study", [open_study(), random_study(5, patients=12)], ids=["bundled", "random"])
def test_verdicts_count_up_to_the_rows_of_sensitivity(study):
    table = verdicts(study)
    assert len(table) == (len(RESPONSES) + len(RELAPSES)) * len(study.patients)
    assert set(table["verdict"]) <= VERDICTS.keys()
    rows = sensitivity(study).drop_duplicates(["kind", "rule"]).set_index(["kind", "rule"])
    for rule in RELAPSES:
        assert rows.loc[("relapse", rule), "positive"] == (table[table["rule"] == rule]["verdict"] == "relapsed").sum()
    found = relapses(study, None, ["all"])
    relapsed = table[table["kind"] == "relapse"]
    assert relapsed["week"].notna().sum() == (found["state"] == "relapsed").sum()


def test_those_who_responded_are_as_many_as_the_rate_counts():
    study = random_study(6, patients=25)
    for imputation, policy in (("OC", "treatment_policy"), ("LOCF", "composite")):
        how = Choices(policy=policy, by=None)
        weeks, flags = responded(study, "PASI50", imputation, "all", how)
        table = rates(study, ["PASI50"], [imputation], ["all"], how)
        counted = dict(zip(weeks, flags.sum(axis=0), strict=True))
        np.testing.assert_array_equal(table["responders"], [counted[week] for week in table["week"]])
