"""The signs and lines of the reader's rules on the time views."""

from dataclasses import replace

import numpy as np
import pytest

from analysis import finding
from analysis.outcomes import outcome_of
from analysis.query import default
from analysis.response.milestones import milestones
from analysis.response.rules import response_rule, rules_of
from figures import timelines
from figures.visuals import rail, style
from figures.visuals.milestones import layer_marks, tag_rows, wording
from figures_layer.cases import EVERY, STUDIES, bundled, data_traces, drawn, thirty
from studies import make_study, msc

SYMBOL = {"response": "star", "nadir": "triangle-down", "relapse": "circle-x"}
"""Of an illustrative visit; of several milestones at one visit the later of these."""


def words(study, query, kind):
    return [block for block in drawn(study, query)["pasi"]["layout"]["meta"]["texts"] if block["kind"] == kind]


def test_a_milestone_is_the_mark_of_its_visit_and_nothing_else_is_drawn_for_it():
    study, query = bundled(), default(bundled())
    wanted = {}
    for event in ("nadir", "response", "relapse"):
        for row in milestones(study, query.phase, query.rules(study)).query("event == @event").itertuples():
            wanted[row.patient_id, row.week] = SYMBOL[event]
    found = {
        (row[0], row[1]): symbol
        for trace in data_traces(drawn(study, query)["pasi"])
        for row, symbol in zip(trace["customdata"], trace["marker"]["symbol"], strict=True)
    }
    assert {visit: symbol for visit, symbol in found.items() if symbol in SYMBOL.values()} == wanted
    assert len(wanted) == 11


def test_a_published_relapse_is_a_full_cross():
    study = make_study({"P1": {0: 20, 4: 2, 8: 18}}, {}, treatments=msc("P1"))
    symbols = timelines.marked_table(study, default(study))["symbol"].tolist()
    assert symbols == ["square", "star", "x"]


def test_the_tooltip_of_a_visit_says_what_milestones_it_is():
    table = timelines.marked_table(bundled(), default(bundled())).query("patient_id == 'P1' and week == 4")
    assert table["told"].tolist() == ["<br>first response (PASI 75), nadir, after MSC: week 4"]


def test_the_rail_has_every_milestone_with_its_week_in_its_patients_row():
    study, query = bundled(), default(bundled())
    (told,), table = words(study, query, "rail"), tag_rows(study, query)
    assert told["text"] == [f"{text}" for text in table["text"]]
    np.testing.assert_allclose(told["x"], table["x"], atol=1e-4)
    assert [(of, y) for of, y in zip(told["of"], told["y"], strict=True)] == [
        (patient, rail.ROW * (study.patient_ids.index(patient) + 0.5)) for patient in table["patient_id"]
    ]
    assert "P1 ★▾ 4" in {f"{of} {text}" for of, text in zip(told["of"], told["text"], strict=True)}
    (key,) = words(study, query, "margin")
    assert [one["text"] for one in key["items"] if one["side"] == "left"] == ["★ PASI 75", "▾ nadir", "✕⊗ relapse"]


def test_the_rail_of_a_cohort_counts_patients_and_its_bars_stand_for_them():
    study, query = thirty(), default(thirty())
    events, found = milestones(study, query.phase, query.rules(study)), rail.members(study, query)
    for (event, phase), people in events.groupby(["event", "phase"], observed=True)["patient_id"]:
        assert [study.patient_ids[one] for one in found[f"{event} {phase}"]] == people.tolist()
    counted = rail.count_rows(study, query)
    assert {key: len(found[key]) for key in counted["key"]} == dict(zip(counted["key"], counted["n"], strict=True))


@pytest.mark.parametrize(
    "change", [{}, {"clock": "restart"}, {"to_week": 12.0}, {"response": "at_most_2"}, {"phase": "after"}]
)
def test_the_totals_of_the_rail_are_the_counts_of_the_finding(change):
    study = thirty()
    query = replace(default(study), **change)
    items = [one for block in words(study, query, "margin") for one in block["items"] if one["side"] == "right"]
    told, who = {one["key"]: one["text"] for one in items}, rail.members(study, query)
    assert len({one["y"] for one in items}) == len(items)
    for part in finding.found(study, query):
        for event, count in (("response", part.response), ("relapse", part.relapse)):
            assert told[f"{event} {part.phase}"] == f"{count.positive} of {count.of}"
            assert len(who.get(f"{event} {part.phase}", [])) == count.positive


def test_lines_of_rules_are_for_the_layer_in_the_patients_colour_and_broken_between_phases():
    study, query = bundled(), default(bundled())
    told = drawn(study, query)["pasi"]["layout"]["meta"]["rules"]
    (lines,) = told["marks"]
    assert told["ids"] == ["P1", "P2", "P3"]
    assert told["colors"] == list(style.colors(study, "light").values())
    for patient in range(3):
        own = [y for y, who in zip(lines["y"], lines["patient"], strict=True) if who == patient]
        assert own.count(None) == 4  # two rules in two phases


def test_in_percent_the_line_of_pasi75_is_75():
    study = bundled()
    query = replace(default(study), pasi_scale="percent_improvement", relapse="none", baseline="original")
    (lines,) = drawn(study, query)["pasi"]["layout"]["meta"]["rules"]["marks"]
    assert {y for y in lines["y"] if y is not None} == {75}


def test_an_own_absolute_response_is_a_target_of_the_timeline():
    study = bundled()
    (levels,) = words(study, replace(default(study), response="own_absolute", cutoff=3.5), "levels")
    assert "≤ 3.5" in levels["text"]


def test_in_a_larger_cohort_the_layer_gets_everyones_lines():
    study, query = thirty(), default(thirty())
    assert timelines.pasi(study, query)["layout"]["meta"]["rules"] is None
    (lines,) = layer_marks(study, query)
    assert lines["rule"]
    assert np.isnan(lines["y"]).any()


@EVERY
def test_the_wording_under_the_plot_is_that_of_the_entries(name):
    study = STUDIES[name]()
    if not study.has_pasi:
        assert "rules on a score. This study has no PASI. Add pasi.csv" in wording(study, default(study)).text
        return
    rules = rules_of(study)
    for response in (*rules.responses, "own_percent", "own_absolute"):
        query = replace(default(study), response=response)
        assert response_rule(query.response_key(study), outcome_of(study)).wording in wording(study, query).text
    for relapse in rules.relapses:
        assert rules.relapses[relapse].wording in wording(study, replace(default(study), relapse=relapse)).text
    for rebound in rules.rebounds:
        assert rules.rebounds[rebound].wording in wording(study, replace(default(study), rebound=rebound)).text
    silent = wording(study, replace(default(study), relapse="none", rebound="none")).text
    assert not any(rule.wording in silent for rule in (*rules.relapses.values(), *rules.rebounds.values()))
