"""The signs and lines of the reader's rules on the time views."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.outcomes import outcome_of
from analysis.query import default
from analysis.response.milestones import MILESTONES, milestones
from analysis.response.rules import response_rule, rules_of
from figures import swimlanes, timelines
from figures.visuals import time_axis
from figures.visuals.milestones import layer_marks, tag_table, wording
from figures_layer.cases import EVERY, STUDIES, bundled, drawn, rule_traces, thirty


def signs(figure):
    return [trace for trace in rule_traces(figure) if trace["mode"] == "text"]


def test_every_milestone_stands_at_its_visit_with_its_week_on_timeline_and_swimlane():
    study, query = bundled(), default(bundled())
    axis, table = time_axis.time_axis(study, query), milestones(study, query.phase, query.rules(study))
    wanted = {(row.patient_id, row.week, round(row.pasi, 3)) for row in table.itertuples()}
    figures = drawn(study, query)
    found = {
        (row[0], row[1], round(float(y), 3))
        for trace in signs(figures["pasi"]) for row, y in zip(trace["customdata"], trace["y"], strict=True)
    }  # fmt: skip
    assert found == wanted
    (lane,) = signs(figures["swimlanes"])
    assert {(row[0], row[1]) for row in lane["customdata"]} == {(patient, week) for patient, week, _ in wanted}
    for row, x, text, y in zip(lane["customdata"], lane["x"], lane["text"], lane["y"], strict=True):
        assert x == pytest.approx(float(axis.forward(row[1])))
        assert text.lstrip("".join(milestone.sign for milestone in MILESTONES.values())) == f"{row[1]:g}"
        assert figures["swimlanes"]["layout"]["meta"]["lanes"][int(y)] == row[0]


def test_several_milestones_of_one_visit_share_a_sign_and_its_words():
    study, query = bundled(), default(bundled())
    row = tag_table(study, query).query("patient_id == 'P1' and week == 4").iloc[0]
    assert row["text"] == "★▾4"
    assert row["says"] == "first response (PASI75), nadir, after MSC: week 4"


def test_lines_are_drawn_in_the_patients_colour_and_broken_between_phases():
    study, query = bundled(), default(bundled())
    lines = [trace for trace in rule_traces(drawn(study, query)["pasi"]) if trace["mode"] == "lines"]
    assert len(lines) == 3
    for trace in lines:
        assert trace["line"]["dash"] == "dot"
        assert np.isnan(trace["y"]).sum() == 4  # two rules in two phases


def test_in_percent_the_line_of_pasi75_is_75():
    study = bundled()
    query = replace(default(study), pasi_scale="percent_improvement", relapse="none", baseline="original")
    for trace in rule_traces(drawn(study, query)["pasi"]):
        if trace["mode"] == "lines":
            assert np.nanmin(trace["y"]) == pytest.approx(75) == np.nanmax(trace["y"])


def test_an_own_absolute_response_is_a_target_of_the_timeline():
    study = bundled()
    query = replace(default(study), response="own_absolute", cutoff=3.5)
    texts = [note["text"] for note in drawn(study, query)["pasi"]["layout"]["annotations"]]
    assert "≤ 3.5" in texts


def test_in_a_larger_cohort_the_layer_gets_everyones_lines_and_signs():
    study, query = thirty(), default(thirty())
    assert rule_traces(timelines.pasi(study, query).to_plotly_json()) == []
    lines, tags = layer_marks(study, query)
    assert lines["rule"]
    assert tags["rule"]
    assert len(tags["text"]) == len(tags["patient"]) == len(tag_table(study, query))
    assert np.isnan(lines["y"]).any()
    assert len(signs(swimlanes.swimlanes(study, query).to_plotly_json())) == 1


@EVERY
def test_the_wording_under_the_plot_is_that_of_the_entries(name):
    study = STUDIES[name]()
    if not study.has_pasi:
        assert "rules on a score. This study has no PASI. Add pasi.csv" in wording(study, default(study))
        return
    rules = rules_of(study)
    for response in (*rules.responses, "own_percent", "own_absolute"):
        query = replace(default(study), response=response)
        assert response_rule(query.response_key(study), outcome_of(study)).wording in wording(study, query)
    for relapse in rules.relapses:
        assert rules.relapses[relapse].wording in wording(study, replace(default(study), relapse=relapse))
    for rebound in rules.rebounds:
        assert rules.rebounds[rebound].wording in wording(study, replace(default(study), rebound=rebound))
    silent = wording(study, replace(default(study), relapse="none", rebound="none"))
    assert not any(rule.wording in silent for rule in (*rules.relapses.values(), *rules.rebounds.values()))
