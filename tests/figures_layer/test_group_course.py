"""What the cards of a group's course and improvement draw, say and light up."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.comparisons import group_course as derived
from analysis.query import asked as read_for
from analysis.query import default
from components.views import VIEWS
from data.study import Outcome
from figures import group_course, improvement_area
from figures_layer.cases import bundled, data_traces, grouped, marks, no_treatments, thirty, two_hundred
from studies import make_study, msc, random_study


def asked(study, **fields):
    return replace(default(study), **fields)


def texts(figure):
    return [note["text"] for note in figure["layout"]["annotations"]]


def drawn(name, study, **fields):
    return VIEWS[name].draw(study, asked(study, **fields))


def lines(figure):
    return [trace for trace in figure["data"] if "members" in (trace.get("meta") or {})]


@pytest.mark.parametrize("average", ["mean", "median"])
def test_a_mark_is_the_average_of_whom_it_lights_up(average):
    study = grouped(random_study(5, patients=40), ("A", "B"))
    query = asked(study, average=average)
    figure = VIEWS["group_course"].draw(study, query)
    members, value = figure["layout"]["meta"]["members"], derived.group_course(study, group_course.how(study, query))
    for trace in lines(figure):
        for row, y in zip(trace["customdata"], trace["y"], strict=True):
            if np.isnan(y):
                assert row[0] not in members
                continue
            week = row[2].removeprefix("week ").replace("−", "-")
            slot = 0 if week == "baseline" else int(np.flatnonzero(value.week == float(week))[0])
            of = value.value[members[row[0]], slot]
            assert (int(row[4].replace(",", "")), y) == (len(of), pytest.approx(getattr(np, average)(of)))


def test_the_patients_own_lines_are_their_visits_and_end_at_a_restart_that_decides():
    study = bundled()
    own = study.pasi.set_index(["patient_id", "week"])["pasi"]
    for trace in data_traces(drawn("group_course", study)):
        for patient, week, _, y, *_ in marks(trace):
            assert y == pytest.approx(own[patient, week], nan_ok=True)
    ended = drawn("group_course", study, policy="composite")
    restart = {"P1": 9, "P2": 9, "P3": 24}
    for trace in data_traces(ended):
        assert all(np.isnan(y) or week <= restart[who] for who, week, _, y, *_ in marks(trace))


def test_n_stands_under_the_axis_and_marks_with_too_few_are_crossed():
    study = thirty()
    figure, table = drawn("group_course", study), group_course.shown_table(study, asked(study))
    counts = [note for note in figure["layout"]["annotations"] if note.get("hovertext", "").endswith("due")]
    assert {note["text"].removesuffix("†") for note in counts} <= {f"{n:,}" for n in table["n"]}
    crossed = [sign == "circle-x" for trace in lines(figure) for sign in trace["marker"]["symbol"]]
    assert crossed == table.loc[table["planned"] > 0, "sparse"].tolist()
    assert "Crossed, †: fewer than 80 %" in VIEWS["group_course"].note(study, asked(study)).text


def test_an_interval_that_n_cannot_give_is_not_drawn_and_the_tooltip_says_so():
    study = bundled()
    for average, least in (("mean", 2), ("median", 6)):
        for trace in lines(drawn("group_course", study, average=average)):
            for row, up in zip(trace["customdata"], trace["error_y"]["array"], strict=True):
                assert np.isnan(up) or int(row[4]) >= least
                if row[4] == "1":
                    assert f"no 95 % interval of the {average} of 1: it needs {least}" in row[3]


@pytest.mark.parametrize("study", [bundled(), thirty(), two_hundred()], ids=["3", "30", "200"])
def test_labels_under_the_axis_find_room(study):
    for fields in ({}, {"pasi_scale": "percent_improvement"}, {"phase": "after"}):
        axis = drawn("group_course", study, **fields)["layout"]["xaxis"]
        low, high = axis["range"]
        wide = [6.2 * len(text) for text in axis["ticktext"]]
        gaps = np.diff(axis["tickvals"]) / (high - low) * group_course.NARROW
        assert all(gap >= (one + other) / 2 for gap, one, other in zip(gaps, wide, wide[1:], strict=False))


def test_two_hundred_have_their_own_lines_and_dots_by_the_layer():
    study = two_hundred()
    for name, mode in (("group_course", "lines+markers"), ("auc", "markers")):
        meta = drawn(name, study)["layout"]["meta"]
        assert meta["layer"]
        assert [part["mode"] for part in meta["marks"]] == [mode]
    assert data_traces(drawn("group_course", study)) == []


def test_the_numbers_hold_every_visit_and_the_median_follow_up():
    study = bundled()
    table = VIEWS["group_course"].numbers(study, asked(study))
    last = table[table["visit"] == "follow-up (weeks)"].set_index("group")
    assert last["n"].tolist() == [2, 1]
    assert last.loc["UC-MSC + etanercept", "median"] == 77
    assert "77 weeks (no 95 % interval), n = 1" in VIEWS["group_course"].note(study, asked(study)).text


def test_no_p_is_printed_that_so_few_cannot_reach():
    study = bundled()
    said = " ".join(texts(drawn("auc", study)))
    assert "no p: 2 and 1 patients can reach no p below 0.67" in said
    assert "p =" not in said
    study = thirty()
    test = improvement_area.test_of(study, asked(study))
    said = " ".join(texts(drawn("auc", study)))
    assert f"n = {test.n} and {test.other_n}" in said
    assert ("smallest possible p" in said) == (not np.isnan(test.p))
    assert VIEWS["auc"].numbers(study, asked(study))["p"].tolist() == pytest.approx([test.p] * 2, nan_ok=True)


def test_what_cannot_be_told_is_said_with_what_to_do():
    study = bundled()
    for name, fields in {
        "group_course": {"phase": "restart", "policy": "composite"},
        "auc": {"phase": "before"},
    }.items():
        (said,) = texts(drawn(name, study, **fields))
        assert "Choose another" in said
    clear = make_study({"P1": {0: 0, 4: 0}}, treatments=msc("P1"))
    assert "baseline PASI is 0" in texts(drawn("auc", clear))[0]
    assert len(data_traces(drawn("group_course", clear))) == 1


def test_of_fewer_than_five_there_are_the_patients_own_lines_alone():
    study = bundled()
    figure = drawn("group_course", study)
    assert lines(figure) == []
    assert len(data_traces(figure)) == 3
    assert figure["layout"]["yaxis"]["title"]["text"] == "PASI (0–72)"
    assert "No average is drawn of fewer than 5" in VIEWS["group_course"].note(study, asked(study)).text
    assert VIEWS["group_course"].members(study, asked(study)) == {}
    many = drawn("group_course", thirty())
    for trace in lines(many):
        assert all(np.isnan(y) or int(row[4]) >= 5 for row, y in zip(trace["customdata"], trace["y"], strict=True))


def test_the_axis_ends_where_the_scale_does_whatever_an_interval_says():
    scores = {f"P{at}": {0: 20, 4: 15 if at == 4 else 0.1} for at in range(5)}
    study = make_study(scores, treatments=[course for who in scores for course in msc(who)])
    table = group_course.shown_table(study, asked(study))
    assert table["mean_low"].min() < -4
    low, high = drawn("group_course", study)["layout"]["yaxis"]["range"]
    assert -0.05 * (high - low) < low < 0
    share = make_study({"P1": {0: 20, 4: 1}, "P2": {0: 20, 4: 4}}, treatments=[*msc("P1"), *msc("P2")])
    low, high = drawn("group_course", share, pasi_scale="percent_improvement")["layout"]["yaxis"]["range"]
    assert 95 < high < 105


@pytest.mark.parametrize("view", ["rates", "survival", "group_course"])
def test_what_a_curve_stands_on_is_the_cards_note_and_plain_text(view):
    outcome = Outcome("skin", "Skin <b>x</b>", 0, 4, targets=(1.0,))
    study = make_study({"P1": {0: 4, 4: 1}, "P2": {0: 3, 4: 2}}, treatments=[*msc("P1"), *msc("P2")])
    study = replace(study, outcomes=(outcome,), pasi=study.pasi.rename(columns={"pasi": "skin"}).assign(pasi=np.nan))
    study, query, _ = read_for(study, {"score": "skin", "cohort_view": view})
    note, figure = VIEWS[view].note(study, query).text, VIEWS[view].draw(study, query)
    assert figure["data"]
    assert "Skin <b>x</b>" in note
    assert "&lt;" not in note
    assert not any("Baseline" in text or "Kaplan" in text for text in texts(figure))


@pytest.mark.parametrize("view", ["rates", "survival", "group_course"])
def test_an_empty_curve_has_no_note(view):
    study = no_treatments() if view == "group_course" else bundled()
    fields = {"rates": {"imputation": "NRI"}, "survival": {"measure": "relapse", "relapse": "none"}}
    fields |= {"group_course": {"phase": "restart", "policy": "composite"}}
    assert VIEWS[view].note(study, asked(study, **fields[view])).text == ""
