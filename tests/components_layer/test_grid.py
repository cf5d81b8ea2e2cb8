"""The response table: one row per patient and phase, the phase before the index treatment among them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.query import default, read
from analysis.response.response import BASELINES
from analysis.response.rules import REBOUNDS
from components import tables
from components.grid import numbers_grid, response_rows
from data.catalog import open_study
from figures_layer.cases import two_hundred
from studies import make_study, msc

NAN = float("nan")
PASI = {-8: 24.0, -4: 18.0, 0: 20.0, 4: 5.0, 12: NAN, 16: 8.0}


def before(study, **wanted):
    query, complaints = read(study, wanted)
    assert not complaints
    table = tables.responses(study, query)
    return table[table["phase"] == "before"].iloc[0]


@pytest.mark.parametrize("baseline", BASELINES)
def test_the_phase_before_has_what_was_observed_and_no_baseline_and_judges_no_response(baseline):
    row = before(make_study({"P1": PASI}, treatments=msc("P1")), baseline=baseline, rebound=next(iter(REBOUNDS)))
    assert row["phase_label"] == "before MSC"
    assert (row["visits"], row["best_pasi"], row["best_week"]) == (3, 18, -4)
    assert (row["last_pasi"], row["last_week"]) == (20, 0)
    for judged in ("baseline", "best_improvement", "weeks_to_pasi75", "weeks_to_pasi90", "duration_weeks"):
        assert np.isnan(row[judged]), judged
    assert row["response_between"] == "–"
    assert row["state_label"] == row["relapse"] == row["rebound"] == row["sustained_label"] == "not evaluable"
    assert row["reason"] == "no baseline: nothing precedes the visits before first MSC"


def test_its_last_pasi_is_the_baseline_of_the_next_phase():
    table = tables.responses(open_study(), default(open_study())).set_index(["patient_id", "phase"])
    for patient in ("P1", "P2", "P3"):
        assert table.loc[(patient, "before"), "last_pasi"] == table.loc[(patient, "after"), "baseline"]


def test_every_patient_has_a_row_of_every_phase_in_their_order_and_the_table_says_why_none_is_judged_before():
    study = make_study({"P1": PASI, "P2": {0: 10.0}}, treatments=[*msc("P1"), *msc("P2")])
    query = default(study)
    rows = [(row["patient_id"], row["phase"]) for row in response_rows(study, query)]
    assert rows == [(patient, phase) for patient in ("P1", "P2") for phase in ("before", "after", "all")]
    assert "Before first MSC no response is judged" in tables.responses_wording(study, query).text


def test_a_large_cohort_shows_one_phase():
    study = two_hundred()
    for phase in ("all", "before"):
        table = tables.responses(study, replace(default(study), phase=phase))
        assert set(table["phase"]) == {phase}


def test_a_dot_in_the_name_of_a_column_is_no_path_into_its_rows():
    grid = numbers_grid(pd.DataFrame({"1.1: verdict": ["kept"]}))
    assert (grid.columnDefs[0]["field"], grid.rowData[0]["1.1: verdict"]) == ("1.1: verdict", "kept")
    assert grid.dashGridOptions["suppressFieldDotNotation"]
