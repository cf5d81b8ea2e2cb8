"""What the cards that compare few patients say and light up."""

from dataclasses import replace

import numpy as np

from analysis.query import default
from components.views import VIEWS
from figures import before_after, responders
from figures_layer.cases import bundled, data_traces, marks, thirty, two_hundred
from studies import make_study, msc


def asked(study, **fields):
    return replace(default(study), **fields)


def texts(figure):
    return [note["text"] for note in figure["layout"]["annotations"]]


def drawn(name, study, query):
    return VIEWS[name].draw(study, query)


def test_three_patients_are_told_the_smallest_p_and_no_interval():
    study = bundled()
    figure = drawn("before_after", study, asked(study, visit="last"))
    assert len(texts(figure)) == 2
    for text in texts(figure):
        assert "n = 3" in text
        assert "no 95 % CI" in text
        assert "p = 0.25<br>smallest possible p 0.25<br>Holm p 1 over 6 subsets" in text
    joined = [mark for trace in data_traces(figure) for mark in marks(trace)]
    assert {patient for patient, *_ in joined} == set(study.patient_ids)
    assert sorted({x for _, _, x, *_ in joined}) == [0, 1]
    assert all(not np.isnan(week) for _, week, *_ in joined)


def test_the_words_say_which_visit_it_is_and_whether_enough_were_seen():
    study = thirty()
    query = asked(study)
    assert "Baseline: last value at or before" in before_after.wording(study, query).text
    seen = before_after.comparison(study, query)
    assert ("Fewer than 80 %" in before_after.wording(study, query).text) is not seen.enough
    assert "q " in texts(drawn("before_after", study, asked(study, adjust="bh")))[0]
    assert "first visit" in VIEWS["before_after"].caption(study, asked(study, visit="first"))


def test_two_hundred_are_drawn_by_the_layer_on_the_axis_of_their_row():
    study = two_hundred()
    for name in ("before_after", "responders"):
        figure = drawn(name, study, asked(study))
        assert figure["layout"]["meta"]["layer"]
        assert [part["yaxis"] for part in figure["layout"]["meta"]["marks"]] == ["y", "y2"]


def test_responders_stand_apart_from_others_and_the_rule_is_told():
    study = thirty()
    query = asked(study, response="PASI50")
    figure = drawn("responders", study, query)
    who = responders.derived.sides(study, responders.how(study, query))
    for trace in data_traces(figure):
        for patient, _, x, *_ in marks(trace):
            assert round(x) == who.responders[study.patient_ids.index(patient)]
    assert "Responders: PASI 50 at any visit after" in responders.wording(study, query).text
    assert str(int(who.responders.sum())) in VIEWS["responders"].caption(study, query)


def test_a_cut_off_of_the_roc_curve_stands_for_whoever_lies_above():
    ids = [f"P{number:02d}" for number in range(14)]
    pasi = {one: {0: 20, 4: 5 if at < 6 else 19} for at, one in enumerate(ids)}
    treg = {"treg": {one: {0: float((at * 5) % 9)} for at, one in enumerate(ids)}}
    study = make_study(pasi, treg, [course for one in ids for course in msc(one)])
    query = asked(study)
    figure = drawn("roc", study, query)
    members = figure["layout"]["meta"]["members"]
    sizes = [len(members[row[0]]) for row in figure["data"][0]["customdata"]]
    assert sizes[0] == 0
    assert sizes == sorted(sizes)
    table = responders.derived.groups(study, responders.how(study, query), query.subset)
    assert sizes[-1] == len(table)


def test_what_cannot_be_compared_is_said_with_what_to_do():
    study = bundled()
    said = texts(drawn("roc", study, asked(study)))[0]
    assert said.startswith("ROC refused: 3 responders and 0 others")
    assert "Choose another rule or phase" in said
    before = texts(drawn("before_after", study, asked(study, phase="before")))[0]
    assert "no baseline" in before
    assert "Choose another phase" in before
    alone = make_study({"P1": {0: 20, 4: 5}}, {"treg": {"P1": {0: 2, 4: 3}}}, msc("P1"))
    assert "no p: no other patient with a" in texts(drawn("responders", alone, asked(alone)))[0]
