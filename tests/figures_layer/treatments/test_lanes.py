"""Every patient's lanes: follow-up, events and courses, and which of the list are drawn."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.query import default, read
from analysis.severity import SCALE
from components import tables
from components.views import VIEWS
from figures.treatments import events as event_signs
from figures.treatments import lanes, shares
from figures.visuals import style
from figures.visuals.frame import Frame
from figures_layer.cases import bundled, data_traces, drawn
from studies import make_study, msc, random_study

NAN = float("nan")
WEEKS = {0: 20.0, 4: 5.0, 9: 12.0}


def figure_of(study, **wanted):
    query, complaints = read(study, wanted)
    assert not complaints
    return drawn(study, query, ["swimlanes"])["swimlanes"]


def traces(figure, kind):
    return [trace for trace in figure["data"] if kind in (trace.get("meta") or {})]


def events_of(figure):
    (found,) = traces(figure, "event")
    return found


def follow_ups(study, **wanted):
    """patient -> first and last week of the line that shows their follow-up, in axis units."""
    bars, _ = traces(figure_of(study, **wanted), "followed")
    rows = zip(bars["customdata"], bars["base"], bars["x"], strict=True)
    return {row[0]: (float(start), float(start + length)) for row, start, length in rows}


def happened(*weeks, severity=""):
    return make_study({"P1": WEEKS}, events=[("P1", week, "rash", severity) for week in weeks])


# ---- who has a lane


def test_a_patient_without_a_treatment_has_a_lane_with_follow_up_and_events():
    study = make_study({"P1": WEEKS, "P2": WEEKS}, events=[("P2", 4, "rash", "mild")])
    figure = figure_of(study)
    assert figure["layout"]["meta"]["lanes"] == ["P1", "P2", "P2"]
    assert set(follow_ups(study)) == {"P1", "P2"}
    assert [row[0] for row in events_of(figure)["customdata"]] == ["P2"]
    assert tables.treatments_caption(study, default(study)) == "no treatments: add treatments.csv · 1 events"


def test_an_untreated_patient_of_a_treated_cohort_has_one_too():
    study = make_study({"P1": WEEKS, "P2": WEEKS}, treatments=msc("P1"))
    assert figure_of(study, clock="study")["layout"]["meta"]["lanes"] == ["P1", "P2"]


def test_whoever_has_nothing_in_the_window_has_no_lane_there():
    study = make_study({"P1": WEEKS, "P2": {30: 4.0}})
    assert figure_of(study, to_week=10)["layout"]["meta"]["lanes"] == ["P1"]
    assert not figure_of(study, from_week=50)["data"]


def test_no_event_in_the_window_leaves_no_lane_for_them():
    study = happened(2, 4)
    assert figure_of(study)["layout"]["meta"]["lanes"] == ["P1", "P1"]
    assert figure_of(study, from_week=6)["layout"]["meta"]["lanes"] == ["P1"]


# ---- courses


def lanes_of(study, **wanted):
    """drug -> lanes of its courses, counted from the first lane of courses of its patient."""
    found = {}
    for trace in data_traces(figure_of(study, **wanted)):
        for row, lane in zip(trace["customdata"], trace["y"], strict=True):
            found.setdefault(row[2], set()).add(int(lane))
    return found


def test_courses_that_follow_each_other_share_a_lane_and_those_that_overlap_have_one_each():
    courses = [("P1", drug, "biologic", *weeks) for drug, weeks in {"a": (0, 4), "b": (4, 9), "c": (8, 9)}.items()]
    assert lanes_of(make_study({"P1": WEEKS}, treatments=courses)) == {"a": {0}, "b": {0}, "c": {1}}


def test_infusions_of_the_index_treatment_stand_on_the_first_lane_over_what_goes_on_there():
    courses = [("P1", "etanercept", "biologic", -9, 12), *msc("P1")]
    assert set().union(*lanes_of(make_study({"P1": WEEKS}, treatments=courses)).values()) == {0}


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(-20, 15), st.integers(1, 12)), min_size=1, max_size=12))
def test_no_two_drugs_lie_on_one_another(drawn_courses):
    courses = [("P1", drug, "biologic", start, start + long) for drug, start, long in drawn_courses]
    (bars, *_) = data_traces(figure_of(make_study({"P1": {-30: 20.0, 40: 5.0}}, treatments=courses)))
    spans = sorted(
        zip(bars["y"], bars["base"], bars["base"] + bars["x"], (row[2] for row in bars["customdata"]), strict=True)
    )
    for one, other in itertools.combinations(spans, 2):
        assert one[0] != other[0] or one[3] == other[3] or one[2] <= other[1] + 1e-9 or other[2] <= one[1] + 1e-9


# ---- follow-up


def test_follow_up_runs_from_the_first_observation_to_the_last():
    study = make_study({"P1": {-6: NAN, -4: 20.0, 10: 5.0, 12: NAN}}, {"treg": {"P1": {0: 2.0, 20: 3.0, 30: NAN}}})
    axis = Frame.of(study, default(study)).axis
    assert follow_ups(study)["P1"] == pytest.approx(axis.forward([-4, 20]).tolist())


def test_follow_up_is_cut_at_the_window_and_only_an_end_within_it_is_marked():
    study = make_study({"P1": {0: 20.0, 30: 5.0}})
    assert follow_ups(study, from_week=0, to_week=10)["P1"] == (0, 10)
    _, ends = traces(figure_of(study, from_week=0, to_week=10), "followed")
    assert list(ends["x"]) == [0]
    assert "observed from week 0 to 30: 2 visits, 0 blood samples" in ends["customdata"][0][3]


# ---- events


def test_every_event_is_a_mark_of_its_patient_on_a_lane_above_their_courses():
    study = bundled()
    figure = figure_of(study)
    events, lane_of = events_of(figure), figure["layout"]["meta"]["lanes"]
    found = sorted((row[0], row[1]) for row in events["customdata"])
    assert found == sorted(zip(study.events["patient_id"].astype(str), study.events["week"], strict=True))
    for row, lane in zip(events["customdata"], events["y"], strict=True):
        assert lane_of[int(lane)] == row[0]


def test_severity_is_a_number_and_a_size_and_never_a_colour():
    study = make_study(
        {"P1": WEEKS},
        events=[
            ("P1", 0, "rash", "mild"),
            ("P1", 4, "rash", "SEVERE"),
            ("P1", 9, "rash", "Grade 4"),
            ("P1", 2, "x", "y"),
        ],
    )
    events = events_of(figure_of(study))
    assert dict(zip((row[1] for row in events["customdata"]), events["text"], strict=True)) == {
        0: "1",
        4: "3",
        9: "4",
        2: style.BLANK,
    }
    size = dict(zip(events["text"], events["marker"]["size"], strict=True))
    assert size["1"] < size["3"] < size["4"]
    assert len(set(events["marker"]["color"])) == 1
    assert SCALE in VIEWS["swimlanes"].about


def test_a_tooltip_says_week_severity_and_note_and_shows_tags_as_text():
    study = bundled()
    rows = study.events.head(1).assign(event="<b>rash</b>", severity="severe", note="left arm")
    told = event_signs.marked_events(replace(study, events=rows), default(study), ["P1"])["says"].tolist()
    assert told == ["week 0: &lt;b&gt;rash&lt;/b&gt;<br>severity: severe<br>left arm"]


def test_events_that_would_overlap_stand_on_lanes_of_their_own():
    events = events_of(figure_of(happened(4, 4, 4.2, 9, severity="mild")))
    assert list(events["x"]) == [4, 4, 4.2, 9]
    assert list(events["y"]) == [0, 1, 2, 0]


@pytest.mark.parametrize("count", [4, 7, 40])
def test_where_every_lane_is_taken_a_mark_says_how_many_and_lists_them(count):
    study = happened(*[4] * count, severity="mild")
    events = events_of(figure_of(study))
    assert events["text"] == ["1", "1", f"1 +{count - 3}"]
    listed = events["customdata"][2][3].split("<br>")
    assert listed.count("week 4: rash") == min(count - 2, event_signs.TOLD)
    assert (listed[-1] == f"and {count - 2 - event_signs.TOLD} more") == (count - 2 > event_signs.TOLD)


def test_marks_of_one_lane_never_overlap_and_none_is_lost():
    weeks = np.sort(np.random.default_rng(3).uniform(-2, 24, 60).round(1))
    study = happened(*weeks, severity="moderate")
    table = event_signs.marked_events(study, default(study), ["P1"])
    units = Frame.of(study, default(study)).axis.units
    for row in np.unique(table["row"]):
        assert (np.diff(table["x"][table["row"] == row]) >= (units[-1] - units[0]) * event_signs.MARK).all()
    assert table["n"].sum() == 60
    assert table["row"].max() == event_signs.ROWS - 1


def test_a_mark_of_several_is_hollow_only_if_all_of_them_are_illustrative():
    study = happened(*[4] * 4)
    made = ["illustrative"] * 3 + ["observed"]
    events = events_of(figure_of(replace(study, events=study.events.assign(provenance=made))))
    assert [color == "#ffffff" for color in events["marker"]["color"]] == [True, True, False]


def test_the_numbers_of_the_card_hold_the_events():
    study = make_study({"P1": WEEKS}, treatments=msc("P1"), events=[("P1", 4, "rash", "severe", "left arm")])
    table = VIEWS["swimlanes"].numbers(study, default(study))
    row = table[table["kind"] == "event"].iloc[0]
    assert row[["treatment", "start_week", "end_week", "severity", "note"]].tolist() == [
        "rash",
        4,
        4,
        "severe",
        "left arm",
    ]
    assert len(table) == 3


# ---- the list


def test_the_list_begins_where_the_query_says_and_a_patient_is_found_in_it():
    study = random_study(3, patients=60)
    query = default(study)
    order = lanes.listed(study, query)
    assert lanes.page(study, query) == order[: lanes.LISTED]
    third = replace(query, lane_page=3)
    assert lanes.page(study, third) == order[2 * lanes.PAGE :][: lanes.LISTED]
    assert lanes.page(study, replace(query, lane_page=99))[-1] == order[-1]
    for patient in order:
        found = lanes.page_of(study, third, patient)
        assert patient in lanes.page(study, replace(query, lane_page=found))
        assert found == 3 or patient not in lanes.page(study, third)
    assert lanes.page_of(study, replace(query, patients=(order[0],)), order[1]) == 0


# ---- shares


def test_the_share_on_a_drug_is_of_those_not_yet_lost_and_an_open_course_lasts_as_long_as_its_patient_is_seen():
    seen = {"P1": {0: 20.0, 20: 5.0}, "P2": {0: 20.0, 10: 5.0}, "P3": {0: 9.0, 20: 8.0}, "P4": {0: 9.0, 20: 8.0}}
    courses = [("P1", "a", "biologic", 0, 4), ("P2", "a", "biologic", 2, None), ("P3", "b", "biologic", -8, -4)]
    study = make_study(seen, treatments=courses)
    table = shares.share_table(study, replace(default(study), lanes="share"))
    at = table[table["drug"] == "a"].set_index("week")
    for week, on, of in ((0, 1, 4), (2, 2, 4), (5, 1, 4), (11, 0, 3)):
        row = at[at.index <= week].iloc[-1]
        assert (row["on"], row["of"], row["share"]) == (on, of, 100 * on / of)
    before = table[(table["drug"] == "b") & (table["on"] > 0)]
    assert before["share"].unique().tolist() == [25.0]


def test_a_course_taken_up_again_within_30_days_counts_its_patient_once():
    courses = [("P1", "a", "biologic", 0, 6), ("P1", "a", "biologic", 4, 9), ("P1", "a", "biologic", 11, 12)]
    study = make_study({"P1": {0: 20.0, 20: 5.0}}, treatments=courses)
    assert shares.share_table(study, default(study))["on"].max() == 1


def test_a_row_of_shares_is_a_drug_and_the_index_treatment_is_the_first():
    study = bundled()
    figure = figure_of(study, lanes="share")
    drugs = figure["layout"]["meta"]["drugs"]
    assert set(drugs) == set(study.treatments["treatment"].astype(str))
    assert drugs[0] == "UC-MSC"  # the index treatment
    assert [trace["customdata"][0][0] for trace in figure["data"]] == drugs
    assert figure["layout"]["meta"]["texts"][0]["items"][0]["text"] == "3 of 3"


# ---- signs that are drawn


def signs_of(study, **wanted):
    return figure_of(study, **wanted)["layout"]["meta"]["lane_signs"]


def test_a_sign_is_told_of_lanes_that_draw_it_and_of_no_others():
    assert signs_of(make_study({"P1": WEEKS})) == ["followed"]
    assert signs_of(make_study({"P1": WEEKS}, treatments=msc("P1"))) == ["infusion", "followed"]
    assert signs_of(happened(4)) == ["event", "followed"]
    before = [*msc("P1"), ("P1", "adalimumab", "biologic", -3, -2)]
    assert signs_of(make_study({"P1": WEEKS}, treatments=before)) == ["prior", "infusion", "followed"]
    over = [*msc("P1"), ("P1", "methotrexate", "systemic", -3, None)]
    assert signs_of(make_study({"P1": WEEKS}, treatments=over)) == ["hatched", "arrow", "infusion", "followed"]
