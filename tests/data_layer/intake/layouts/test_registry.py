"""Which layout a table has."""

from dataclasses import replace

import pandas as pd
import pytest

from data.intake.layouts import registry
from data.intake.layouts.base import CERTAIN
from data.intake.sources import Source
from data.problems import Report
from data.tables.sheet import sheet_of


@pytest.mark.parametrize(("certain", "asked"), [(0, 1), (2, 3), (None, 4)])
def test_beside_a_layout_that_is_certain_no_other_is_looked_for(monkeypatch, certain, asked):
    looked = []

    def score(at):
        looked.append(at)
        return (CERTAIN if at == certain else 0.1 * at, f"it is {at}")

    layouts = [replace(registry.LAYOUTS[0], name=str(at), score=lambda _, at=at: score(at)) for at in range(4)]
    monkeypatch.setattr(registry, "LAYOUTS", layouts)
    sheet = sheet_of(pd.DataFrame([["a"]]), ["x"], pd.Series([2]).to_numpy(), "x.csv", Report())
    layout, _, why = registry.recognised(Source(sheet, "x.csv"))
    assert (layout.name, why) == (("3", "it is 3") if certain is None else (str(certain), f"it is {certain}"))
    assert len(looked) == asked


@pytest.mark.parametrize(
    ("columns", "name"),
    [
        (["patient_id", "week", "pasi", "provenance"], "reprise"),
        (["patient_id", "treatment", "kind", "start_week"], "reprise"),
        (["patient_id", "week", "pasi", "redcap_event_name", "redcap_repeat_instrument"], "redcap"),
        (["USUBJID", "PARAMCD", "AVAL", "ADY"], "adam"),
    ],
)
def test_our_own_columns_are_certain_but_those_of_a_system_go_first(columns, name):
    sheet = sheet_of(pd.DataFrame([["1"] * len(columns)]), columns, pd.Series([2]).to_numpy(), "x.csv", Report())
    layout, certainty, _ = registry.recognised(Source(sheet, "x.csv"))
    assert (layout.name, certainty) == (name, CERTAIN)
