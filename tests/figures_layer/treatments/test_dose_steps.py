"""Courses of one drug that follow each other are one bar with a step where the dose changes; each stays a part."""

import re

import plotly.graph_objects as go
import pytest

from analysis.query import default
from analysis.response.time_to_event import MEASURES, Followed, exposures
from data.files import open_files
from figures.swimlanes import swimlanes
from figures.treatments.dose_steps import BAR, LEAST
from studies import make_study

WEEKS = {0: 20.0, 60: 5.0}


def course(start, end, dose=None, unit=None, drug="secukinumab", patient="P1"):
    return (patient, drug, "biologic", start, end, dose, unit)


def bars_of(*courses):
    study = make_study({course[0]: WEEKS for course in courses}, treatments=courses)
    query = default(study)
    figure = swimlanes(study, query)
    go.Figure(figure)
    own = [shape for shape in figure["layout"]["shapes"] if shape["type"] == "path" and "xref" not in shape]
    return figure["data"][0], [shape["path"] for shape in own]


def parts(bars):
    """start -> (end of the bar in axis units, height in bars, step), by the week in `customdata`."""
    rows = zip(bars["customdata"], bars["base"], bars["x"], bars["width"], bars["meta"]["steps"], strict=True)
    return {row[1]: (float(base + x), round(high / BAR, 6), step) for row, base, x, high, step in rows}


def steps(bars):
    return sorted(start for start, (_, _, step) in parts(bars).items() if step)


def test_a_change_of_dose_is_a_step_as_high_as_the_dose_in_one_bar():
    bars, (path,) = bars_of(course(0, 4, 150, "mg"), course(6, 12, 300, "mg"), course(12, 24, 225, "mg"))
    assert parts(bars) == {0: (6, 0.5, False), 6: (12, 1, True), 12: (24, 0.75, True)}
    assert set(bars["y"]) == {0}
    assert sorted(float(x) for x in re.findall(r"M([\d.]+),", path)) == [6, 12]


def test_every_part_says_its_own_dose_unit_and_weeks_and_is_a_course_of_its_own():
    bars, _ = bars_of(course(0, 4, 150, "mg"), course(6, 12, 300, "mg"))
    said = {row[1]: (row[2], row[5], *row[7:9]) for row in bars["customdata"]}
    assert said == {
        0: ("secukinumab", 4, "week 0 to week 4", "150 mg"),
        6: ("secukinumab", 12, "week 6 to week 12", "300 mg"),
    }


def test_of_two_units_a_step_says_nothing_of_how_much():
    bars, paths = bars_of(course(0, 8, 5, "mg/kg"), course(8, 16, 400, "mg"), course(16, 20, 400, "mg"))
    assert parts(bars) == {0: (8, 1, False), 8: (16, 1, True), 16: (20, 1, False)}
    assert len(paths) == 1


def test_a_unit_that_is_not_stated_is_not_taken_for_the_same():
    bars, _ = bars_of(course(0, 8, 150, "mg"), course(8, 16, 300))
    assert parts(bars) == {0: (8, 1, False), 8: (16, 1, True)}


@pytest.mark.parametrize("doses", [(None, None), (150, 150), (150, None), (None, 300)])
def test_no_dose_or_the_same_is_no_step(doses):
    bars, paths = bars_of(*(course(8 * i, 8 * i + 8, dose, dose and "mg") for i, dose in enumerate(doses)))
    assert (steps(bars), paths) == ([], [])
    assert {high for _, high, _ in parts(bars).values()} == {1}


def test_after_a_pause_of_more_than_30_days_a_course_is_a_bar_of_its_own():
    bars, paths = bars_of(course(0, 4, 150, "mg"), course(9, 12, 300, "mg"), course(12, 16, 300, "mg"))
    assert parts(bars) == {0: (4, 0.5, False), 9: (12, 1, False), 12: (16, 1, False)}
    assert paths == []


@pytest.mark.parametrize("gap", [0, 29 / 7, 30 / 7, 31 / 7])
def test_what_follows_is_what_exposures_joins(gap):
    courses = [course(0, 4, 150, "mg"), course(4 + gap, 20, 300, "mg")]
    study = make_study({"P1": WEEKS}, treatments=courses)
    assert (len(steps(bars_of(*courses)[0])) == 1) == (len(exposures(study)) == 1)


def test_of_courses_that_overlap_the_smaller_lies_on_top_and_none_is_cut():
    bars, _ = bars_of(course(0, 20, 300, "mg"), course(8, 12, 150, "mg"), course(16, 26, 75, "mg"))
    assert parts(bars) == {0: (20, 1, False), 8: (12, 0.5, True), 16: (26, LEAST, True)}
    assert [row[1] for row in bars["customdata"]] == [0, 8, 16]


def test_without_doses_the_shorter_of_two_that_overlap_lies_on_top():
    bars, _ = bars_of(course(0, 4), course(0, 20), course(6, 10))
    assert [row[5] for row in bars["customdata"]] == [20, 4, 10]


def test_two_drugs_and_two_patients_have_nothing_to_do_with_each_other():
    bars, paths = bars_of(
        course(0, 4, 150, "mg"),
        course(4, 8, 40, "mg", drug="adalimumab"),
        course(4, 8, 300, "mg", patient="P2"),
    )
    assert {high for _, high, _ in parts(bars).values()} == {1}
    assert (steps(bars), paths, len(set(bars["y"]))) == ([], [], 2)


def test_an_open_course_goes_on_and_a_dose_of_zero_can_be_met():
    bars, _ = bars_of(course(0, 8, 0, "mg"), course(8, None, 300, "mg"))
    assert parts(bars)[0] == (8, LEAST, False)
    assert parts(bars)[8][1:] == (1, True)


def test_exposures_of_cdisc_are_joined_and_their_doses_are_steps(tmp_path):
    (tmp_path / "dm.csv").write_text("DOMAIN,USUBJID,RFSTDTC\nDM,T-1,2022-03-07\nDM,T-2,2022-03-07\n")
    head = "DOMAIN,USUBJID,EXTRT,EXDOSE,EXDOSU,EXSTDTC,EXENDTC\n"
    parts = ["T-1,IXEKIZUMAB,160,mg,2022-03-07,2022-03-20", "T-1,IXEKIZUMAB,80,mg,2022-03-21,2022-05-30"]
    rows = [f"EX,{row}\n" for row in (*parts, "T-2,IXEKIZUMAB,80,mg,2022-03-07,2022-05-30")]
    (tmp_path / "ex.csv").write_text(head + "".join(rows))
    (tmp_path / "pasi.csv").write_text("patient_id,week,pasi\nT-1,0,20\nT-1,12,3\nT-2,0,15\nT-2,12,2\n")
    study = open_files([tmp_path / name for name in ("dm.csv", "ex.csv", "pasi.csv")])
    survived = MEASURES["drug_survival"].times(study, Followed())
    assert survived[["weeks", "event"]].to_numpy().tolist() == [[12, True], [12, True]]
    bars = swimlanes(study, default(study))["data"][0]
    rows = zip(bars["customdata"], bars["width"], bars["meta"]["steps"], strict=True)
    assert sorted((row[0], row[1], round(high / BAR, 2), step) for row, high, step in rows) == [
        ("T-1", 0, 1, False),
        ("T-1", 2, 0.5, True),
        ("T-2", 0, 1, False),
    ]
