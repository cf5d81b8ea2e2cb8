"""Every patient's lanes: follow-up, milestones, events and courses, on the page of lanes and on the strip above it."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.query import default, read
from analysis.severity import SCALE
from components import tables
from components.views import VIEWS
from figures.swimlanes import pinned, swimlanes
from figures.treatments import events as event_signs
from figures.treatments import lanes
from figures.visuals import style, time_axis
from figures_layer.cases import bundled, drawn, marks, plain, rule_traces
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
    """patient -> first and last week of the line that shows her follow-up, in axis units."""
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
    assert figure["layout"]["yaxis"]["ticktext"][2] == "events"
    assert set(follow_ups(study)) == {"P1", "P2"}
    assert [row[0] for row in events_of(figure)["customdata"]] == ["P2"]
    assert rule_traces(figure) == []  # the rail has the milestones
    assert tables.treatments_caption(study, default(study)) == "no treatments: add treatments.csv · 1 events"


def test_an_untreated_patient_of_a_treated_cohort_has_one_too():
    study = make_study({"P1": WEEKS, "P2": WEEKS}, treatments=msc("P1"))
    assert figure_of(study, clock="study")["layout"]["meta"]["lanes"] == ["P1", "P1", "P2"]


def test_whoever_has_nothing_in_the_window_has_no_lane_there():
    study = make_study({"P1": WEEKS, "P2": {30: 4.0}})
    assert figure_of(study, to_week=10)["layout"]["meta"]["lanes"] == ["P1"]
    assert not figure_of(study, from_week=50)["data"]


def test_no_event_in_the_window_leaves_no_lane_for_them():
    assert "events" not in figure_of(bundled(), from_week=30)["layout"]["yaxis"]["ticktext"]


# ---- follow-up


def test_follow_up_runs_from_the_first_observation_to_the_last():
    study = make_study({"P1": {-6: NAN, -4: 20.0, 10: 5.0, 12: NAN}}, {"treg": {"P1": {0: 2.0, 20: 3.0, 30: NAN}}})
    axis = time_axis.time_axis(study, default(study))
    assert follow_ups(study)["P1"] == pytest.approx(axis.forward([-4, 20]).tolist())


def test_follow_up_is_cut_at_the_window_and_only_an_end_within_it_is_marked():
    study = make_study({"P1": {0: 20.0, 30: 5.0}})
    assert follow_ups(study, from_week=0, to_week=10)["P1"] == (0, 10)
    _, ends = traces(figure_of(study, from_week=0, to_week=10), "followed")
    assert list(ends["x"]) == [0]
    assert "observed from week 0 to 30: 2 visits, 0 blood samples" in ends["customdata"][0][3]


# ---- events


def test_every_event_is_a_mark_of_its_patient_on_a_lane_under_the_milestones():
    study = bundled()
    figure = figure_of(study)
    events, lane_of = events_of(figure), figure["layout"]["meta"]["lanes"]
    found = sorted((row[0], row[1]) for row in events["customdata"])
    assert found == sorted(zip(study.events["patient_id"].astype(str), study.events["week"], strict=True))
    for row, lane in zip(events["customdata"], events["y"], strict=True):
        assert lane_of[int(lane)] == row[0]
        assert figure["layout"]["yaxis"]["ticktext"][int(lane)] in ("events", "")


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
        0: "1", 4: "3", 9: "4", 2: style.BLANK,
    }  # fmt: skip
    size = dict(zip(events["text"], events["marker"]["size"], strict=True))
    assert size["1"] < size["3"] < size["4"]
    assert len(set(events["marker"]["color"])) == 1
    assert SCALE in VIEWS["swimlanes"].about


def test_a_tooltip_says_week_severity_and_note_and_shows_tags_as_text():
    study = bundled()
    rows = study.events.head(1).assign(event="<b>rash</b>", severity="severe", note="left arm")
    told = event_signs.event_table(replace(study, events=rows), default(study), ["P1"])["says"].tolist()
    assert told == ["week 0: &lt;b&gt;rash&lt;/b&gt;<br>severity: severe<br>left arm"]


def test_events_that_would_overlap_stand_on_lanes_of_their_own():
    events = events_of(figure_of(happened(4, 4, 4.2, 9, severity="mild")))
    assert list(events["x"]) == [4, 4, 4.2, 9]
    assert list(events["y"]) == [1, 2, 3, 1]


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
    table = event_signs.event_table(study, default(study), ["P1"])
    units = time_axis.time_axis(study, default(study)).units
    for _, lane in table.groupby("row"):
        assert (np.diff(lane["x"]) >= (units[-1] - units[0]) * event_signs.MARK).all()
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


# ---- the strip


def test_the_strip_gets_the_traces_that_a_page_with_her_has():
    study = replace(random_study(3, patients=30), events=happened(4, 4, 9, severity="mild").events)
    query = default(study)
    away = next(patient for patient in study.patient_ids if patient not in lanes.page(study, query))
    for patient in (away, "P1"):
        strip = pinned(study, query, patient)
        alone = plain(swimlanes(study, replace(query, patients=(patient,))).to_plotly_json())
        assert strip["labels"] == list(alone["layout"]["yaxis"]["ticktext"])
        for one, other in zip(map(plain, strip["traces"]), alone["data"], strict=True):
            assert one["marker"] == other["marker"] if "marker" in one else one["text"] == other["text"]
            assert [row[:2] for row in one["customdata"]] == [row[:2] for row in other["customdata"]]


def test_a_lane_is_placed_alike_on_the_strip_and_on_the_page():
    study = random_study(3, patients=30)
    query = default(study)
    patient = lanes.page(study, query)[3]
    page = plain(swimlanes(study, query).to_plotly_json())
    head = page["layout"]["meta"]["lanes"].index(patient)
    for one, other in zip(map(plain, pinned(study, query, patient)["traces"]), page["data"], strict=True):
        own = [(mark[2], mark[3] - head) for mark in marks(other) if mark[0] == patient]
        assert np.allclose([(mark[2], mark[3]) for mark in marks(one)], own)
