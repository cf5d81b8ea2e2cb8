"""The cohort's figures say what the derivations say: every count, every step, every blank, and why."""

import re

import numpy as np
import pytest

from analysis.query import default, read
from analysis.response.rules import PASI
from analysis.response.states import states_for
from components.views import CHARTS
from figures import sensitivity
from figures.visuals import curves, formatting, style
from figures_layer.cases import EVERY, STUDIES, bundled, data_traces, drawn, gallery, thirty, two_hundred
from studies import make_study, msc

NAN = float("nan")


def five(**options):
    """From baseline 20: PASI75 exactly, just missed, a missed visit, PASI90 exactly; and a baseline of 0."""
    return some(**options)


def eight(**options):
    """The same and three who do not respond: enough for a rate."""
    return some(3, **options)


def some(others=0, **options):
    weeks = {"A1": {4: 5, 8: 2}, "A2": {4: 5.1, 8: 12}, "A3": {4: NAN, 8: 4}, "A4": {4: 2, 8: NAN}}
    weeks |= {f"B{at}": {4: 19, 8: 18} for at in range(others)}
    scores = {patient: {0: 20, **seen} for patient, seen in weeks.items()} | {"A5": {0: 0, 4: 3, 8: 1}}
    return make_study(scores, **options)


def shown(study, view, **asked):
    query, complaints = read(study, asked)
    assert complaints == []
    return drawn(study, query, [view])[view], query


def printed(figure):
    return [note["text"] for note in figure["layout"]["annotations"]]


@pytest.mark.parametrize(
    ("imputation", "counts", "imputed"),
    [
        ("OC", ["2/6", "2/6"], [False, False]),
        ("NRI", ["2/7", "2/7"], [True, True]),
        ("LOCF", ["2/7", "3/7"], [True, True]),
    ],
)
def test_every_rate_has_its_denominator_under_it_and_looks_imputed_where_it_is(imputation, counts, imputed):
    figure, _ = shown(eight(), "rates", imputation=imputation)
    (line,) = figure["data"]
    assert [text for text in printed(figure) if re.fullmatch(r"\d+/\d+†?", text)] == counts
    assert [f"{row[3]}/{row[4]}" for row in line["customdata"]] == counts
    assert [symbol == "circle-dot" for symbol in line["marker"]["symbol"]] == imputed
    assert [fill == style.THEMES["light"].card for fill in line["marker"]["color"]] == imputed


def test_a_rate_of_too_few_of_those_due_is_marked():
    scores = {f"P{at}": {0: 20, 4: 2 if at < 5 else NAN, 8: 2} for at in range(7)}
    study = make_study(scores)
    figure, query = shown(study, "rates", imputation="OC")
    assert [text for text in printed(figure) if re.fullmatch(r"\d+/\d+†?", text)] == ["5/5†", "7/7"]
    assert "fewer than 80 % of those due were observed" in CHARTS["rates"].note(study, query).text


def states(figure):
    """Of each row of a table of states the patient, whether there is an event, and the texts."""
    marks, *columns = figure["data"]
    assert figure["layout"]["meta"]["rows"] == [row[0] for row in marks["customdata"]]
    rows = zip(
        marks["customdata"], marks["marker"]["symbol"], zip(*(one["text"] for one in columns), strict=True), strict=True
    )
    return {row[0]: (sign != "line-ew", *texts) for row, sign, texts in rows}


def test_fewer_than_five_have_their_states_instead_of_a_rate():
    figure, query = shown(bundled(), "rates")
    assert printed(figure)[0] == "3 patients: each one's state instead of a rate"
    assert states(figure)["P1"] == (True, "week 4", "week 6.1", "PASI 90 (week 130)")
    assert CHARTS["rates"].members(bundled(), query) == {}
    figure, _ = shown(five(), "rates", imputation="OC")
    assert states(figure)["A2"] == (False, "no", "–", "below PASI 50 (week 8)")
    assert states(figure)["A5"][1] == "not evaluable"
    assert len(CHARTS["rates"].numbers(five(), query)) == 2


@pytest.mark.parametrize(
    ("measure", "told"),
    [
        ("response", (True, "after 4 weeks", "UC-MSC alone")),
        ("relapse", (True, "after 6 weeks", "UC-MSC alone")),
        ("drug_survival", (False, "still on it at 121 weeks", "secukinumab")),
    ],
)
def test_fewer_than_five_have_their_events_instead_of_a_curve(measure, told):
    figure, query = shown(bundled(), "survival", measure=measure)
    assert states(figure)["P1"] == told
    assert CHARTS["survival"].members(bundled(), query) == {}
    assert "Kaplan" not in CHARTS["survival"].note(bundled(), query).text
    assert len(CHARTS["survival"].numbers(bundled(), query)) > 0


def test_a_group_of_four_has_no_curve_beside_one_of_five():
    scores = {f"{arm}{at}": {0: 20, 4: 4, 8: 3} for arm, size in (("A", 5), ("B", 4)) for at in range(size)}
    study = make_study(scores, groups={who: who[0] for who in scores})
    figure, query = shown(study, "survival", measure="response")
    assert {trace["name"] for trace in figure["data"] if "name" in trace} == {"A: 5/5, median 4 wk, 0–4 between visits"}
    assert "No curve is drawn of fewer than 5" in CHARTS["survival"].note(study, query).text
    figure, query = shown(study, "rates")
    (drawn_rate,) = [trace for trace in figure["data"] if not np.isnan(trace["y"]).all()]
    assert drawn_rate["name"] == "A"
    assert "No rate is drawn of fewer than 5" in CHARTS["rates"].note(study, query).text
    assert {key[0] for key in CHARTS["rates"].members(study, query)} == {"A"}


def test_a_mark_of_a_rate_stands_for_its_responders():
    study = eight()
    figure, query = shown(study, "rates", imputation="LOCF")
    who = CHARTS["rates"].members(study, query)
    assert [[study.patient_ids[at] for at in who[row[0]]] for row in figure["data"][0]["customdata"]] == [
        ["A1", "A4"],
        ["A1", "A3", "A4"],
    ]


@pytest.mark.parametrize("count", [curves.MOST, curves.MOST + 1])
@pytest.mark.parametrize(
    ("view", "options", "instead"),
    [
        ("rates", {"imputation": "OC"}, "Keep some of them."),
        ("survival", {"measure": "response", "curves_by": "group"}, "Choose one curve of all"),
        ("survival", {"measure": "drug_survival", "curves_by": "treatment"}, "Choose one curve of all"),
    ],
)
def test_more_curves_than_can_be_told_apart_are_a_sentence(count, view, options, instead):
    names = [f"P{at}" for at in range(count)]
    study = make_study(
        {name: {0: 20, 4: 5, 8: 4} for name in names},
        treatments=[(name, f"drug {at}", "biologic", 0, 4) for at, name in enumerate(names)],
        groups={name: f"group {at}" for at, name in enumerate(names)},
    )
    figure, _ = shown(study, view, **options)
    assert bool(figure["data"]) == (count <= curves.MOST)
    if count > curves.MOST:
        assert printed(figure)[0].startswith(
            f"{count} {'treatments' if 'drug' in str(options) else 'groups'}: more than"
        )
        assert instead in printed(figure)[0]


@pytest.mark.parametrize("count", [2, curves.MOST, curves.MOST + 1])
def test_bands_are_of_all_patients_where_groups_cannot_be_told_apart(count):
    names = {f"P{at}": f"group {at % count}" for at in range(max(6 * count, 180))}
    weeks = {0: 20, 4: 5, 8: 4}
    study = make_study(dict.fromkeys(names, weeks), {"x": dict.fromkeys(names, weeks)}, groups=names)
    for view in ("pasi", "immune"):
        figure, _ = shown(study, view)
        medians = [trace["name"] for trace in figure["data"] if "median" in str(trace.get("hovertemplate"))]
        assert len(medians) == len(set(medians))
        assert set(medians) == (set(names.values()) if count <= curves.MOST else {"all"})


def test_a_refused_imputation_gives_its_reason_in_place_of_a_number():
    figure, _ = shown(bundled(), "rates", imputation="NRI")
    assert figure["data"] == []
    assert "NRI refused: the study has no nominal visits" in printed(figure)[0].replace("<br>", " ")


@EVERY
def test_a_rate_never_stands_without_rule_imputation_and_policy(name):
    for query, figures in gallery(name):
        if figures["rates"]["data"]:
            text = CHARTS["rates"].note(STUDIES[name](), query).text
            assert re.search(r"(\w+\d+|\w+ ≤ \d): \w+ at ", text), text
            assert re.search(r"Missing visits: (observed cases|non-responder|last observation)", text)
            assert ("composite" if query.policy == "composite" else "treatment policy") in text


def test_a_curve_of_response_rises_by_its_events_and_its_steps_stand_for_them():
    scores = {"P1": {0: 20, 4: 5}, "P2": {0: 20, 4: 15, 8: 4}, "P3": {0: 20, 6: 15}, "P4": {0: 20, 4: 20}}
    study = make_study(scores | {"P5": {0: 20, 8: 19}})
    figure, query = shown(study, "survival", measure="response")
    _, steps, events, ends = figure["data"]
    np.testing.assert_allclose(steps["x"], [0, 4, 6, 8])
    np.testing.assert_allclose(steps["y"], [0, 20, 20, 60])
    who = CHARTS["survival"].members(study, query)
    assert [who[row[0]] for row in events["customdata"]] == [[0], [1]]
    assert [who[row[0]] for row in ends["customdata"]] == [[3], [2], [4]]
    assert steps["name"] == "all: 2/5, median 8 wk"
    assert [text for text in printed(figure) if re.fullmatch(r"\d+", text)] == [*"555553322"]


def test_where_a_restart_competes_the_curve_is_an_incidence_and_a_cross_stands_for_who_was_restarted():
    scores = {f"P{n}": {0: 20, 4: 1, 8: 1, 12: 1, 16: 10 if n == 3 else 1} for n in range(5)}
    courses = [course for patient in scores for course in msc(patient)]
    courses += [(f"P{n}", "adalimumab", "biologic", 10, None) for n in range(2)]
    study = make_study(scores, treatments=courses)
    figure, query = shown(study, "survival", measure="durability", at_restart="compete")
    _, steps, _, _, crosses = figure["data"]
    assert steps["y"].tolist() == pytest.approx([0, 0, 20])
    assert figure["layout"]["yaxis"]["title"]["text"] == "have lost PASI 90 (%), cumulative incidence"
    assert [CHARTS["survival"].members(study, query)[row[0]] for row in crosses["customdata"]] == [[0, 1]]
    said = CHARTS["survival"].note(study, query).text
    assert "competing event" in said
    assert "crosses: a restart" in said


def test_no_relapse_rule_means_no_curve_of_relapse_and_says_so():
    figure, _ = shown(bundled(), "survival", measure="relapse", relapse="none")
    assert figure["data"] == []
    assert "No relapse rule is chosen" in printed(figure)[0]


def test_a_bar_is_a_patients_best_and_who_is_not_evaluable_has_none_but_is_named():
    study = five()
    figure, query = shown(study, "waterfall")
    (bars,) = figure["data"]
    assert figure["layout"]["meta"]["columns"] == ["A1", "A4", "A3", "A2"]
    np.testing.assert_allclose(bars["y"], [90, 90, 80, 74.5])
    assert "4 of 5 patients · not evaluable: baseline PASI is 0: A5" in CHARTS["waterfall"].caption(study, query)


def test_a_cell_is_blank_where_nothing_was_observed_whatever_the_imputation():
    for imputation in ("OC", "LOCF"):
        figure, _ = shown(five(), "lasagna", imputation=imputation)
        cells = np.array(figure["data"][0]["z"], float)
        codes = [[NAN if name is None else list(states_for(PASI)).index(name) for name in row] for row in STATES_SEEN]
        np.testing.assert_array_equal(cells, codes)
        assert figure["data"][0]["text"][2][0] == "not observed"


STATES_SEEN = (
    ("PASI75", "PASI90"),
    ("PASI50", "below_PASI50"),
    (None, "PASI75"),
    ("PASI90", None),
    ("not_evaluable", "not_evaluable"),
)


def test_the_rows_of_the_lasagna_are_in_the_order_of_the_lanes():
    figure, _ = shown(five(), "lasagna", lane_sort="best_response")
    assert figure["layout"]["meta"]["rows"] == ["A1", "A4", "A3", "A2", "A5"]


def test_a_reader_sees_under_which_rules_each_patient_of_the_case_series_relapsed_when_and_why():
    figure, _ = shown(bundled(), "sensitivity")
    sets = figure["layout"]["meta"]["sets"]
    told = {}
    for trace in data_traces(figure):
        for row, y, text in zip(
            trace["customdata"], trace["y"], trace.get("text", [None] * len(trace["y"])), strict=True
        ):
            if text:
                told[row[0], next(iter((sets[int(y)] | {}).values()))] = (text, row[4])
    assert told["P1", "NPF"][0] == "wk 8"
    assert "PASI 14.6 ≥ 12.65; best before: 2.9 at week 4" in told["P1", "NPF"][1]
    assert told["P3", "treatment_restarted"][0] == "wk 24"
    assert told["P3", "loss_of_PASI90"] == ("not at risk", "never responded")
    assert told["P2", "absolute_3"][0] == "no"


@pytest.mark.parametrize(
    "asked",
    [{}, {"relapse": "EMA"}, {"imputation": "LOCF", "response": "PASI90"}, {"response": "own_percent", "cutoff": 80}],
)
def test_the_rows_of_the_chosen_rules_are_marked_and_every_row_sets_its_own(asked):
    figure, query = shown(eight(), "sensitivity", **asked)
    sets = figure["layout"]["meta"]["sets"]
    marked = [sets[int(shape["y0"] + 0.5)] for shape in figure["layout"]["shapes"] if shape["type"] == "rect"]
    assert sorted(marked, key=len) == [
        {"relapse": query.relapse},
        {"response": query.response, "imputation": query.imputation},
    ]
    rows = [tuple(chosen.items()) for chosen in sets if chosen]
    assert len(rows) == len(set(rows)) == len(CHARTS["sensitivity"].numbers(eight(), query))


def test_of_fewer_than_five_a_row_is_a_rule_whatever_the_imputation():
    figure, _ = shown(bundled(), "sensitivity", imputation="LOCF")
    sets = [chosen for chosen in figure["layout"]["meta"]["sets"] if chosen]
    assert {"response": "PASI75"} in sets
    assert len(sets) == len({tuple(chosen.items()) for chosen in sets})
    marked = [shape for shape in figure["layout"]["shapes"] if shape["type"] == "rect"]
    assert len(marked) == 2
    assert printed(figure)[0] == "3 patients: each one's state instead of a rate"


def test_a_larger_cohort_has_no_columns_of_patients():
    figure, _ = shown(STUDIES["thirty"](), "sensitivity")
    assert data_traces(figure) == []


def test_hollow_bars_and_marks_are_illustrative():
    scores = {f"P{at}": {0: 20, 4: 3, 8: 9} for at in range(5)}
    courses = [course for patient in scores for course in msc(patient)]
    for provenance, hollow in (("illustrative", True), ("observed", False)):
        study = make_study(scores, treatments=courses, provenance=provenance)
        for view in ("waterfall", "rates"):
            figure, _ = shown(study, view)
            fills = {
                fill == style.THEMES["light"].card for trace in figure["data"] for fill in trace["marker"]["color"]
            }
            assert fills == {hollow}, view


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((0, 0, 0.437), "0 % (0–0.44)"), ((100, 99.563, 100), "100 % (99.56–100)"), ((0, 0, 56.2), "0 % (0–56)"),
        ((45.31, 42.1, 48.6), "45.3 % (42.1–48.6)"), ((33.3, 6.1, 79.2), "33 % (6–79)"),
        ((1.04, 0.03, 5.67), "1.0 % (0.03–5.7)"), ((98.96, 94.33, 99.97), "99.0 % (94.3–99.97)"),
    ],
)  # fmt: skip
def test_a_rate_has_the_digits_that_its_interval_warrants_and_no_bound_is_rounded_to_none_or_all(numbers, said):
    assert formatting.rate(*numbers) == said


def test_nobody_of_many_has_an_upper_bound_on_the_sensitivity_table():
    study = make_study({f"P{at}": {0: 20, 4: 19} for at in range(875)})
    figure = sensitivity.sensitivity(study, default(study))
    assert any("0 % (0–0.44)" in text for trace in figure["data"] for text in trace.get("hovertext", ()))
    assert any("Wilson 95 %" in note["text"] for note in figure["layout"]["annotations"])


def test_where_an_interval_of_a_median_has_no_end_it_is_open():
    named = [
        trace["name"]
        for study in (thirty(), two_hundred())
        for measure in ("response", "durability", "drug_survival")
        for trace in shown(study, "survival", measure=measure)[0]["data"]
        if "median" in trace.get("name", "")
    ]
    assert any(re.search(r"\(95 % [\d.]+ to open\)", name) for name in named)
    assert not any("–)" in name for name in named)
